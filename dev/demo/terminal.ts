const CODES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;
type Style = keyof typeof CODES;

const WIDTH = 80;
const TIME_WIDTH = 9;

/** Writes the demo for a person, in 80 columns; colours only where the output is a terminal. */
export class Terminal {
  readonly #out: NodeJS.WriteStream;
  readonly #isColoured: boolean;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#isColoured = out.isTTY && process.env['NO_COLOR'] === undefined;
  }

  heading(text: string): void {
    this.#line('');
    this.#line(this.#style('bold', text));
  }

  note(text: string): void {
    this.#line(this.#style('dim', `  ${text}`));
  }

  row(text: string): void {
    this.#line(`  ${text}`);
  }

  /** `who` is "from -> to"; the time stands at the right edge. */
  hop(who: string, what: string, ms?: number): void {
    const time = ms === undefined ? '' : `${ms} ms`.padStart(TIME_WIDTH);
    const whoColumn = who.padEnd(20);
    const room = WIDTH - 2 - whoColumn.length - 1 - TIME_WIDTH;
    this.#line(`  ${this.#style('cyan', whoColumn)} ${fit(what, room)}${time}`);
  }

  verdict(verdict: string, who: string, what: string): void {
    this.#line(`  ${this.#style('green', verdict.padEnd(8))} ${who}`);
    this.#line(this.#style('dim', `           ${what}`));
  }

  done(text: string): void {
    this.#line(this.#style('green', text));
  }

  failed(text: string): void {
    this.#line(this.#style('red', text));
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }

  #style(style: Style, text: string): string {
    return this.#isColoured ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
