// The theme on the document, and a hint of it for the next start's first paint.
import type { Theme } from '../backend/backend';
import { remember } from '../design/remembered.svelte';

/** Shows the theme; the system's needs no attribute. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  remember('theme', theme === 'system' ? null : theme);
}

/** Whether a theme is dark, where the system's may be. */
export function isDark(theme: Theme, system: boolean): boolean {
  return theme === 'dark' || (theme === 'system' && system);
}
