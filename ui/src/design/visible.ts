// Text of others shown as it is: what would be invisible, or would turn the order of the letters around, is named. A command
// that is agreed to has to be the one that runs.

/** Controls, formats (zero width, right-to-left), strange spaces and letters without a shape; not the usual white space. */
const hidden = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** The text with each sign that can't be seen written out: `‹U+202E›`. */
export function visible(text: string): string {
  return text.replace(hidden, (sign) => {
    const code = sign.codePointAt(0)?.toString(16).toUpperCase() ?? '';
    return `‹U+${code.padStart(4, '0')}›`;
  });
}

/** Whether something in it can't be seen. */
export function hides(text: string): boolean {
  return text.search(hidden) >= 0;
}
