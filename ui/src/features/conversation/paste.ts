// What a paste puts along with a message.

/** The files of a paste; none where it is words of which the other program also gave a picture, as tables do. */
export function pastedFiles(data: Pick<DataTransfer, 'files' | 'getData'> | null): File[] {
  const files = [...(data?.files ?? [])];
  const words = data?.getData('text/plain').trim() ?? '';
  const named = files.some((file) => words.includes(file.name));
  const rendered = files.length === 1 && files[0]?.type.startsWith('image/') === true;
  return words && rendered && !named ? [] : files;
}
