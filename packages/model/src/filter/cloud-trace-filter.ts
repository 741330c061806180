import { parseCloudTraceDuration } from './duration.ts';
import type { Filter, Leaf } from './filter.ts';
import { type FilterOptions, type FilterResult, parsedFilter } from './filter-error.ts';
import { type Lexeme, Scanner } from './scanner.ts';

/** A term of Cloud Trace's language in its parts. `key` is null in the shortcut for `root:`. */
export interface CloudTraceTerm {
  readonly exact: boolean;
  readonly root: boolean;
  readonly key: Lexeme | null;
  readonly value: Lexeme;
  readonly position: number;
}

/** Words that are no label keys before a colon, unless they are quoted. */
export const cloudTraceWords = ['root', 'span', 'latency', 'label', 'method', 'url'] as const;
export type CloudTraceWord = (typeof cloudTraceWords)[number];

/**
 * Google Cloud Trace's filter language, whole (cloud.google.com/trace/docs/trace-filters): terms separated by
 * spaces, all of which must hold. `method:` and `url:` stand for the labels `/http/method` and `/http/url`,
 * which also answer under their newer names unless `strictHttpNames` is set. Every string is compared
 * case-sensitively, by prefix, or exactly after `+`; `^` asks of the root span only.
 */
export function parseCloudTraceFilter(text: string, options: FilterOptions = {}): FilterResult {
  return parsedFilter(text, () => {
    const scanner = new Scanner(text);
    const terms: Leaf[] = [];
    scanner.skipSpace();
    while (!scanner.atEnd) {
      const term = readTerm(scanner);
      terms.push(withKeyRule(compileCloudTraceTerm(scanner, term), options));
      if (!scanner.skipSpace() && !scanner.atEnd) scanner.failHere('a space or the end');
    }
    return conjunction(terms);
  });
}

function readTerm(scanner: Scanner): CloudTraceTerm {
  const { position } = scanner;
  scanner.countTerm(position);
  const { exact, root } = readTermMarks(scanner);
  const head = scanner.word('a term');
  if (!scanner.accept(':')) return { exact, root, key: null, value: head, position };
  return { exact, root, key: head, value: scanner.word('a value'), position };
}

/** The optional `+` and `^`, in that order. */
export function readTermMarks(scanner: Scanner): { exact: boolean; root: boolean } {
  const { position } = scanner;
  const exact = scanner.accept('+');
  const root = scanner.accept('^');
  if (root && scanner.next === '+') {
    scanner.fail("'^+' is the wrong way round", { position, length: 2 }, "'+^'");
  }
  return { exact, root };
}

/** What a term of Cloud Trace's language means. */
export function compileCloudTraceTerm(scanner: Scanner, term: CloudTraceTerm): Leaf {
  const { key, value, exact, root } = term;
  const op = exact ? '=' : 'prefix';
  if (key === null) return { type: 'field', scope: 'root', field: 'name', op, value: value.text };
  const scope = root ? 'root' : 'any';
  switch (cloudTraceWord(key)) {
    case 'root':
      return { type: 'field', scope: 'root', field: 'name', op, value: value.text };
    case 'span':
      return { type: 'field', scope, field: 'name', op, value: value.text };
    case 'latency':
      return latency(scanner, term);
    case 'label':
      return { type: 'has-attribute', scope, key: nonEmptyKey(scanner, value).text };
    case 'method':
      return { type: 'attribute', scope, key: '/http/method', op, value: value.text };
    case 'url':
      return { type: 'attribute', scope, key: '/http/url', op, value: value.text };
    default:
      return { type: 'attribute', scope, key: nonEmptyKey(scanner, key).text, op, value: value.text };
  }
}

export function cloudTraceWord(key: Lexeme): CloudTraceWord | undefined {
  return key.quoted ? undefined : cloudTraceWords.find((word) => word === key.text);
}

function latency(scanner: Scanner, { exact, root, value, position }: CloudTraceTerm): Leaf {
  if (exact || root) {
    const mark = exact ? '+' : '^';
    scanner.fail(
      `latency is the whole trace's and takes no '${mark}'`,
      { position, length: 1 },
      'latency:DURATION',
    );
  }
  const nanos = parseCloudTraceDuration(value.text);
  if (nanos === null) {
    const expected = 'a whole number followed by s, ms, ns or nothing (milliseconds)';
    scanner.fail(`${JSON.stringify(value.text)} is no duration`, value, expected);
  }
  return { type: 'trace-duration', op: '>=', nanos };
}

export function nonEmptyKey(scanner: Scanner, key: Lexeme): Lexeme {
  if (key.text === '') scanner.fail('a label key cannot be empty', key, 'a label key');
  return key;
}

/** Marks the keys of a leaf to be compared as written, where the caller wants it. */
export function withKeyRule(leaf: Leaf, options: FilterOptions): Leaf {
  return options.strictHttpNames === true && 'key' in leaf ? { ...leaf, exactKey: true } : leaf;
}

export function conjunction(terms: readonly Filter[]): Filter | null {
  const [first] = terms;
  if (first === undefined) return null;
  return terms.length === 1 ? first : { type: 'and', terms };
}
