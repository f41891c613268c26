// Shortcuts as they are written in tooltips, the palette and the keymap: "Mod+K", "g b", "Shift+Enter".

/** Whether this is a Mac, where Mod is the command key. */
export const mac = /Mac/.test(navigator.platform);

const signs: Record<string, string> = mac
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Escape: 'Esc' }
  : { Mod: 'Ctrl', Escape: 'Esc' };

/** For people: "⌘K" on a Mac, "Ctrl+K" elsewhere, "g b" for two keys in a row. */
export function spelled(shortcut: string): string {
  return shortcut
    .split(' ')
    .map((step) =>
      step
        .split('+')
        .map((key) => signs[key] ?? key)
        .join(mac ? '' : '+'),
    )
    .join(' ');
}

/** A key press as it is written in the keymap; Shift is named only with keys that it doesn't change. */
export function pressed(event: KeyboardEvent): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const letter = event.key.length === 1;
  // Shift makes another sign of a bracket, which one depends on the keyboard.
  const bracket = { BracketLeft: '[', BracketRight: ']' }[event.code];
  const key = letter && (mod || event.altKey) ? (bracket ?? event.key.toUpperCase()) : event.key;
  const shift = event.shiftKey && (!letter || mod || event.altKey);
  return [mod && 'Mod', event.altKey && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}

/** Whether the keys belong to a field that the person types in. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.isComposing) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])');
}
