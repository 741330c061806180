import { compileCloudTraceTerm, conjunction, readTermMarks, withKeyRule } from './cloud-trace-filter.ts';
import type { Filter } from './filter.ts';
import { type FilterOptions, type FilterResult, maxFilterDepth, parsedFilter } from './filter-error.ts';
import { compileComparison, readOperator } from './query-comparison.ts';
import { isConnective } from './query-words.ts';
import { type Lexeme, Scanner } from './scanner.ts';

/**
 * The viewer's query language (docs/filters.md): Cloud Trace's filter language, and AND, OR, NOT, `-`,
 * parentheses, comparisons, fields of a span and `span{ ... }` for conditions that one single span must meet.
 * Bounded: 8,192 characters, 200 terms, 64 levels of nesting.
 */
export function parseQuery(text: string, options: FilterOptions = {}): FilterResult {
  return parsedFilter(text, () => new QueryParser(text, options).parse());
}

// What may stand after an operator without quotes: unlike Cloud Trace, almost anything.
const bareValue = /[^\s"(){}<>=~!][^\s"(){}]*/y;

class QueryParser {
  readonly #scanner: Scanner;
  readonly #options: FilterOptions;
  #depth = 0;

  constructor(text: string, options: FilterOptions) {
    this.#scanner = new Scanner(text);
    this.#options = options;
  }

  parse(): Filter | null {
    this.#scanner.skipSpace();
    if (this.#scanner.atEnd) return null;
    const filter = this.#or();
    if (!this.#scanner.atEnd) this.#scanner.failHere('a term, AND, OR or the end');
    return filter;
  }

  #or(): Filter {
    const terms: Filter[] = [];
    do add(terms, 'or', this.#and());
    while (this.#acceptConnective('OR'));
    return terms.length === 1 ? (terms[0] as Filter) : { type: 'or', terms };
  }

  #and(): Filter {
    const terms: Filter[] = [];
    do {
      add(terms, 'and', this.#unary());
      this.#scanner.skipSpace();
    } while (this.#acceptConnective('AND') || this.#startsTerm());
    return conjunction(terms) as Filter;
  }

  #startsTerm(): boolean {
    const scanner = this.#scanner;
    return !scanner.atEnd && !/[)}]/.test(scanner.next) && this.#peekConnective() !== 'OR';
  }

  #unary(): Filter {
    this.#scanner.skipSpace();
    const { position } = this.#scanner;
    if (this.#acceptConnective('NOT') || this.#scanner.accept('-')) {
      return this.#nested(position, () => ({ type: 'not', term: this.#unary() }));
    }
    if (this.#scanner.next === '(') return this.#nested(position, () => this.#enclosed('(', ')'));
    if (this.#scanner.match(/span[ \t\r\n]*(?=\{)/y) !== '') {
      return this.#nested(position, () => ({ type: 'same-span', term: this.#enclosed('{', '}') }));
    }
    return this.#term();
  }

  #enclosed(open: string, close: string): Filter {
    const { position } = this.#scanner;
    this.#scanner.accept(open);
    const filter = this.#or();
    if (!this.#scanner.accept(close)) {
      if (!this.#scanner.atEnd) this.#scanner.failHere(`a term, AND, OR or '${close}'`);
      this.#scanner.fail(`'${open}' is not closed`, { position, length: 1 }, `'${close}'`);
    }
    return filter;
  }

  #nested(position: number, parse: () => Filter): Filter {
    if (++this.#depth > maxFilterDepth) {
      const expected = `at most ${maxFilterDepth} levels`;
      this.#scanner.fail(`nested deeper than ${maxFilterDepth} levels`, { position, length: 1 }, expected);
    }
    const filter = parse();
    this.#depth--;
    return filter;
  }

  #term(): Filter {
    const scanner = this.#scanner;
    const { position } = scanner;
    scanner.countTerm(position);
    const marks = readTermMarks(scanner);
    const head = scanner.word('a term');
    const bare = !head.quoted && !marks.exact && !marks.root;
    if (bare && isConnective(head.text) && this.#endsWord()) this.#misplaced(head);
    const operator = readOperator(scanner);
    if (operator === null) {
      this.#endOfTerm();
      return compileCloudTraceTerm(scanner, { ...marks, key: null, value: head, position });
    }
    const value = scanner.word('a value', bareValue);
    this.#endOfTerm();
    const filter = compileComparison(scanner, { ...marks, key: head, operator, value, position });
    return this.#withKeyRule(filter);
  }

  #withKeyRule(filter: Filter): Filter {
    if (filter.type === 'not') return { type: 'not', term: this.#withKeyRule(filter.term) };
    const isLeaf = filter.type !== 'and' && filter.type !== 'or' && filter.type !== 'same-span';
    return isLeaf ? withKeyRule(filter, this.#options) : filter;
  }

  #misplaced(word: Lexeme): never {
    this.#scanner.fail(
      `${word.text} stands where a term is expected`,
      word,
      `a term; "${word.text}" for that name`,
    );
  }

  #endOfTerm(): void {
    if (!this.#endsWord()) this.#scanner.failHere('a space');
  }

  #endsWord(): boolean {
    return /^[\s)}]?$/.test(this.#scanner.next);
  }

  #acceptConnective(word: string): boolean {
    this.#scanner.skipSpace();
    return this.#peekConnective() === word && this.#scanner.accept(word);
  }

  /** AND, OR or NOT as a word of its own: `NOT:x`, `NOT-x` and `ORDER` are none. */
  #peekConnective(): string {
    const { position } = this.#scanner;
    const found = this.#scanner.match(/(?:AND|OR|NOT)(?![^\s(){}"+^])(?!\s*(?:[=~<>]|![=~]))/y);
    this.#scanner.position = position;
    return found;
  }
}

/** Nested lists of the same kind are one list. */
function add(terms: Filter[], type: 'and' | 'or', filter: Filter): void {
  if (filter.type === type) terms.push(...filter.terms);
  else terms.push(filter);
}
