// The wire between a screen and a terminal: bytes come and are acknowledged as they are drawn, keys go in order.
// What is typed while a call is under way goes with the next one, so that nothing overtakes.
import type { Backend, CommandError, Size, TerminalId } from '../../backend/backend';

/** What draws the bytes; `drawn` is called once they are on the screen. */
export interface Canvas {
  write(bytes: Uint8Array, drawn: () => void): void;
}

/** So many bytes are acknowledged at once; the core waits for more than this before it sends no more. */
const handful = 64 * 1024;

/** One screen's connection to one terminal. */
export class Link {
  /** Why it can't be read or typed to. */
  error = $state.raw<CommandError | null>(null);

  readonly #backend: Backend;
  readonly #id: TerminalId;
  #attachment: number | null = null;
  #drawn = 0;
  #typed = '';
  #typing = false;
  #left = false;

  constructor(backend: Backend, id: TerminalId) {
    this.#backend = backend;
    this.#id = id;
  }

  /** Draws what the terminal kept and what comes. */
  async attach(canvas: Canvas): Promise<void> {
    const result = await this.#backend.attachTerminal(this.#id, (bytes) => {
      if (!this.#left) canvas.write(bytes, () => this.#acknowledge(bytes.length));
    });
    if (result.status === 'error') {
      this.error = result.error;
      return;
    }
    this.#attachment = result.data;
    if (this.#left) void this.#backend.detachTerminal(this.#id, result.data);
    else this.#acknowledge(0);
  }

  /** Reads no more; the terminal goes on. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    if (this.#attachment !== null) void this.#backend.detachTerminal(this.#id, this.#attachment);
  }

  /** Types text. */
  type(text: string): void {
    this.#typed += text;
    if (!this.#typing) void this.#pass();
  }

  /** Tells the program its new size. */
  async resize(size: Size): Promise<void> {
    await this.#backend.resizeTerminal(this.#id, size);
  }

  async #pass(): Promise<void> {
    this.#typing = true;
    while (this.#typed && !this.#left) {
      const text = this.#typed;
      this.#typed = '';
      const result = await this.#backend.writeTerminal(this.#id, text);
      // Keys for a program that just ended are for nobody: its end is shown anyway.
      this.error = result.status === 'error' && result.error.code === 'failed' ? result.error : null;
    }
    this.#typing = false;
  }

  #acknowledge(bytes: number): void {
    this.#drawn += bytes;
    if (this.#attachment === null || this.#left || this.#drawn < handful) return;
    const drawn = this.#drawn;
    this.#drawn = 0;
    void this.#backend.acknowledgeTerminal(this.#id, this.#attachment, drawn);
  }
}
