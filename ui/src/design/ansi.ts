// Terminal output as text in the colours of the design; what moves the cursor or sets titles is dropped.
import Anser from 'anser';

/** The colours of the design that programs can print in; `plain` is the text's own. */
export type AnsiColour = 'plain' | 'black' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** A stretch of text in one style. */
export interface Stretch {
  text: string;
  colour: AnsiColour;
  bold: boolean;
  faint: boolean;
}

const named: readonly AnsiColour[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'plain'];

/** Everything but colours: other control sequences, titles and links, character sets. */
const silent =
  /\u001b\[[0-9;:?<=>]*[@-ln-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]|\u001b[()][0-9A-B]/g;

/** Reads styles out of the text; a line rewritten by carriage returns keeps its last state. */
export function stretches(text: string): Stretch[] {
  const clean = text.split('\n').map(rewritten).join('\n').replace(silent, '');
  if (!clean.includes('\u001b')) return clean ? [{ text: clean, colour: 'plain', bold: false, faint: false }] : [];
  return Anser.ansiToJson(clean, { json: true, remove_empty: true, use_classes: true }).map((part) => ({
    text: part.content,
    colour: colourOf(part.fg, part.fg_truecolor),
    bold: part.decorations.includes('bold'),
    faint: part.decorations.includes('dim'),
  }));
}

/** A line as it stands after its carriage returns. By hand: a pattern would take seconds for a line of 100 KB. */
function rewritten(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

function colourOf(name: string | null, exact: string | null): AnsiColour {
  if (!name) return 'plain';
  if (name === 'ansi-truecolor') return nearest((exact ?? '').split(',').map(Number));
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return fromPalette(Number(palette[1]));
  const plain = name.replace(/^ansi-(bright-)?/, '') as AnsiColour;
  return named.includes(plain) ? plain : 'plain';
}

/** The 256 colours: sixteen by name, a cube of 6 × 6 × 6, and greys. */
function fromPalette(index: number): AnsiColour {
  if (index < 16) return named[index % 8] ?? 'plain';
  if (index >= 232) return index < 246 ? 'black' : 'plain';
  const cube = index - 16;
  return nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => step * 51));
}

/** The colour of the design with the nearest hue: any other could be unreadable in one of the themes. */
function nearest([red = 0, green = 0, blue = 0]: number[]): AnsiColour {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 40) return high < 150 ? 'black' : 'plain';
  const strong = (part: number) => part - low > (high - low) * 0.6;
  const key = Number(strong(red)) + 2 * Number(strong(green)) + 4 * Number(strong(blue));
  return named[key] ?? 'plain';
}
