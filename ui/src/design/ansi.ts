// Terminal output as text with the eight colours and bold; every other control sequence is dropped.

/** A stretch of text in one style. */
export interface Stretch {
  text: string;
  colour: 'plain' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey';
  bold: boolean;
}

const colours: Record<number, Stretch['colour']> = {
  30: 'grey',
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  35: 'magenta',
  36: 'cyan',
  37: 'plain',
};

const sequence =
  /\u001b\[([0-9;:?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]|\u001b[()][0-9A-B]/g;

/** Reads styles out of the text; a line rewritten by carriage returns keeps its last state. */
export function stretches(text: string): Stretch[] {
  const clean = text.replace(/\r+\n/g, '\n').replace(/[^\n]*\r(?=[^\n])/g, '');
  const out: Stretch[] = [];
  let colour: Stretch['colour'] = 'plain';
  let bold = false;
  let from = 0;
  const push = (part: string) => {
    if (part) out.push({ text: part, colour, bold });
  };
  for (const hit of clean.matchAll(sequence)) {
    push(clean.slice(from, hit.index));
    from = hit.index + hit[0].length;
    if (hit[2] !== 'm') continue;
    const codes = (hit[1] || '0').split(/[;:]/).map(Number);
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at] ?? 0;
      // 256 and true colours carry parameters of their own; they are shown plain.
      if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
      else if (code === 0) [colour, bold] = ['plain', false];
      else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code === 39) colour = 'plain';
      else colour = colours[code >= 90 && code <= 97 ? code - 60 : code] ?? colour;
    }
  }
  push(clean.slice(from));
  return out;
}
