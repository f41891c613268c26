// The emulator on the page: xterm.js with our colours, our keys, and links that open in the browser. It is loaded with
// the first terminal, so that a window without one starts as fast as before.
import type { Terminal } from '@xterm/xterm';
import { copyText } from '../../design/copy';
import { mac } from '../../design/shortcut';
import { meaning } from './keys';
import type { Canvas } from './link.svelte';

/** What a screen tells. */
export interface Told {
  typed: (text: string) => void;
  resized: (size: { cols: number; rows: number }) => void;
  openLink: (url: string) => void;
}

/** A screen on the page. */
export interface Screen extends Canvas {
  focus(): void;
  /** Fits the size to the place. */
  fit(): void;
  /** Takes the colours of the theme that is shown now. */
  recolour(): void;
  close(): void;
}

const hues = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** Draws a screen into a place on the page, once the fonts are there to measure. */
export async function openScreen(place: HTMLElement, told: Told): Promise<Screen> {
  const root = getComputedStyle(document.documentElement);
  const font = root.getPropertyValue('--mono').trim();
  const [{ Terminal }, { FitAddon }, { WebLinksAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/addon-web-links'),
    import('@xterm/xterm/css/xterm.css'),
    document.fonts?.load(`12px ${font}`),
  ]);
  const terminal = new Terminal({
    fontFamily: font,
    fontSize: 12,
    lineHeight: 1.25,
    scrollback: 5000,
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    theme: colours(place),
    linkHandler: { activate: (_, url) => told.openLink(url) },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new WebLinksAddon((_, url) => told.openLink(url)));
  terminal.attachCustomKeyEventHandler((event) => takes(terminal, event));
  terminal.onData(told.typed);
  terminal.onResize(told.resized);
  terminal.open(place);
  fit.fit();
  return {
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    focus: () => terminal.focus(),
    fit: () => {
      // Hidden or folded there is no place to fit into.
      if (place.clientWidth > 0 && place.clientHeight > 0) fit.fit();
    },
    recolour: () => (terminal.options.theme = colours(place)),
    close: () => terminal.dispose(),
  };
}

/** Whether the emulator takes the key. */
function takes(terminal: Terminal, event: KeyboardEvent): boolean {
  const what = meaning(event, mac);
  if (what === 'copy') {
    event.preventDefault();
    if (event.type === 'keydown' && terminal.hasSelection()) void copyText(terminal.getSelection());
  }
  // The web view's own paste follows, which the emulator hears as such.
  return what === 'program';
}

/** The theme from the tokens: a probe turns each role into the colour it has now. */
function colours(place: HTMLElement): Record<string, string> {
  const probe = place.appendChild(document.createElement('span'));
  const colour = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const theme: Record<string, string> = {
    background: colour('surface'),
    foreground: colour('text'),
    cursor: colour('accent'),
    cursorAccent: colour('surface'),
    selectionBackground: colour('selected'),
  };
  for (const hue of hues) {
    theme[hue] = colour(`term-${hue}`);
    theme[`bright${hue[0]?.toUpperCase()}${hue.slice(1)}`] = colour(`term-bright-${hue}`);
  }
  probe.remove();
  return theme;
}
