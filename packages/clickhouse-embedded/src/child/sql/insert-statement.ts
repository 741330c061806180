/** An INSERT whose data follows the statement: in the same text, in the body, or both. */
export interface InsertStatement {
  /** `INSERT INTO t (a, b)`: up to where FROM INFILE can stand. */
  target: string;
  /** What stood between the columns and FORMAT: a SETTINGS clause, or nothing. */
  clauses: string;
  format: string;
  /** Index in the text of the first character of data. */
  dataStart: number;
}

// One token: blank, comment, string, quoted identifier, word, or one other character. What is not closed goes to the
// end: the time stays linear.
const TOKEN =
  /([ \t\r\n\f\v]+|--[^\n]*(?:\n|$)|#[ !][^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$))|([A-Za-z0-9_$]+)|([\s\S])/y;

/**
 * Finds the parts of an INSERT with data. Null for every other statement, INSERT ... SELECT included, and for what the
 * engine will refuse anyway. `text` may be decoded as latin1: only ASCII matters, and indexes are then byte offsets.
 * Grammar: ParserInsertQuery.cpp of ClickHouse.
 */
export function parseInsert(text: string): InsertStatement | null {
  const scan = new Scanner(text);
  if (!scan.word('INSERT') || !scan.word('INTO')) return null;
  if (scan.word('FUNCTION')) return null;
  scan.word('TABLE');
  if (!scan.name()) return null;
  while (scan.character('.')) if (!scan.name()) return null;
  if (scan.peek() === '(' && !scan.parentheses()) return null;
  const target = text.slice(0, scan.end);
  const clausesStart = scan.end;
  let last = scan.next();
  if (last === 'SETTINGS') {
    while (last !== '' && last !== 'FORMAT' && last !== 'VALUES' && last !== 'SELECT') last = scan.next();
  }
  const clauses = text.slice(clausesStart, scan.start).trim();
  if (last === 'VALUES') return { target, clauses, format: 'Values', dataStart: scan.end };
  if (last !== 'FORMAT') return null;
  const format = scan.nameToken();
  if (format === '') return null;
  return { target, clauses, format, dataStart: skipToData(text, scan.end) };
}

/** Blanks of the line, then one line end: what follows is data, whatever it looks like. */
function skipToData(text: string, index: number): number {
  let at = index;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\f') at++;
  if (text[at] === '\r') at++;
  if (text[at] === '\n') at++;
  return at;
}

class Scanner {
  readonly #text: string;
  /** Of the last token. */
  start = 0;
  end = 0;
  #raw = '';
  #kind: 'quoted' | 'word' | 'other' | 'end' = 'end';

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; words in upper case; empty at the end. */
  next(): string {
    for (;;) {
      TOKEN.lastIndex = this.end;
      const match = TOKEN.exec(this.#text);
      this.start = this.end;
      if (match === null) {
        this.#kind = 'end';
        this.#raw = '';
        return '';
      }
      this.end = TOKEN.lastIndex;
      if (match[1] !== undefined) continue;
      this.#raw = match[0];
      this.#kind = match[2] !== undefined ? 'quoted' : match[3] !== undefined ? 'word' : 'other';
      return this.#kind === 'word' ? this.#raw.toUpperCase() : this.#raw;
    }
  }

  peek(): string {
    const { start, end } = this;
    const token = this.next();
    this.start = start;
    this.end = end;
    return token;
  }

  word(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.next();
    return true;
  }

  character(expected: string): boolean {
    return this.word(expected);
  }

  name(): boolean {
    this.next();
    return this.#kind === 'word' || (this.#kind === 'quoted' && !this.#raw.startsWith("'"));
  }

  nameToken(): string {
    this.next();
    return this.#kind === 'word' ? this.#raw : '';
  }

  parentheses(): boolean {
    let depth = 0;
    do {
      const token = this.next();
      if (token === '') return false;
      if (token === '(') depth++;
      if (token === ')') depth--;
    } while (depth > 0);
    return true;
  }
}
