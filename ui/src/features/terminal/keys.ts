// Which keys a terminal leaves to the window. Everything else is the program's, Escape and Ctrl+W too.

/** What a key press in a terminal means. */
export type KeyMeaning = 'program' | 'window' | 'copy' | 'paste';

/** `mac`: whether the command key is the one for the window's shortcuts; the program never gets that. */
export function meaning(event: KeyboardEvent, mac: boolean): KeyMeaning {
  if (event.isComposing) return 'program';
  const key = event.key.toLowerCase();
  if (mac ? event.metaKey : event.ctrlKey && event.shiftKey) {
    if (key === 'c') return 'copy';
    if (key === 'v') return 'paste';
    return 'window';
  }
  if (event.shiftKey && event.key === 'Insert') return 'paste';
  // The way out, and from one workspace to another.
  if (event.ctrlKey && !event.altKey && (event.code === 'Backquote' || /^\d$/.test(key))) return 'window';
  return 'program';
}
