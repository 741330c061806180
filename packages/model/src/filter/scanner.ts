import { FilterSyntaxError, maxFilterTerms } from './filter-error.ts';

/** A piece of text in a filter, without its quotes and escapes, and where it stood. */
export interface Lexeme {
  readonly text: string;
  readonly quoted: boolean;
  readonly position: number;
  readonly length: number;
}

const space = /[ \t\r\n]*/y;
/** Cloud Trace: what needs no quotes (cloud.google.com/trace/docs/trace-filters). */
const bareWord = /[a-zA-Z0-9./_][a-zA-Z0-9./_-]*/y;

/** Reads a filter from left to right; both languages are built on it. */
export class Scanner {
  readonly text: string;
  position = 0;
  #terms = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.position);
  }

  /** Whether there was any. */
  skipSpace(): boolean {
    return this.match(space) !== '';
  }

  accept(token: string): boolean {
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  /** What a sticky pattern matches here; empty, and nothing read, if it does not. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  /** A bare word or a quoted text; fails with what was expected if there is neither. */
  word(expected: string, bare: RegExp = bareWord): Lexeme {
    if (this.next === '"') return this.#quoted();
    const position = this.position;
    const text = this.match(bare);
    if (text === '') this.failHere(expected);
    return { text, quoted: false, position, length: text.length };
  }

  countTerm(position: number): void {
    if (++this.#terms <= maxFilterTerms) return;
    const expected = `at most ${maxFilterTerms} terms`;
    this.fail(
      `more than ${maxFilterTerms} terms`,
      { position, length: this.text.length - position },
      expected,
    );
  }

  fail(message: string, at: { readonly position: number; readonly length: number }, expected: string): never {
    throw new FilterSyntaxError({ message, position: at.position, length: at.length, expected });
  }

  /** Complains about the character that stands here, or the end. */
  failHere(expected: string): never {
    const found = this.atEnd ? 'the filter ends' : `${JSON.stringify(this.#character())} stands`;
    const length = this.atEnd ? 0 : this.#character().length;
    const hint = this.#needsQuotes() ? '; text with such characters goes in double quotes' : '';
    this.fail(`${found} where ${expected} is expected${hint}`, { position: this.position, length }, expected);
  }

  #character(): string {
    return String.fromCodePoint(this.text.codePointAt(this.position) ?? 0);
  }

  #needsQuotes(): boolean {
    return !this.atEnd && !/[\s"+^:(){}]/.test(this.next);
  }

  #quoted(): Lexeme {
    const position = this.position++;
    let text = '';
    for (;;) {
      if (this.atEnd) {
        this.fail(
          'a double quote is not closed',
          { position, length: this.text.length - position },
          'a closing "',
        );
      }
      text += this.match(/[^"\\]*/y);
      if (this.accept('"')) return { text, quoted: true, position, length: this.position - position };
      if (!this.atEnd) text += this.#escape();
    }
  }

  #escape(): string {
    const position = this.position++;
    const escaped = this.next;
    if (escaped === '"' || escaped === '\\') {
      this.position++;
      return escaped;
    }
    const length = Math.min(2, this.text.length - position);
    this.fail('a backslash escapes only " and \\', { position, length }, '\\" or \\\\');
  }
}
