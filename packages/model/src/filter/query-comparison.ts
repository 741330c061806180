import { nonEmptyKey } from './cloud-trace-filter.ts';
import { parseQueryDuration } from './duration.ts';
import type { Filter, LeafScope, NumberOp, TextOp } from './filter.ts';
import { operatorsOf, type QueryOperator, type QueryWord, queryWords } from './query-words.ts';
import type { Lexeme, Scanner } from './scanner.ts';

/** `key operator value` in its parts. */
export interface Comparison {
  readonly exact: boolean;
  readonly root: boolean;
  readonly key: Lexeme;
  readonly operator: QueryOperator;
  readonly value: Lexeme;
  readonly position: number;
}

/** The operator that stands here; null, and nothing read, if there is none. Spaces may surround all but `:`. */
export function readOperator(scanner: Scanner): QueryOperator | null {
  if (scanner.accept(':')) return ':';
  const operator = scanner.match(/[ \t\r\n]*(?:==|!=|!~|<=|>=|=|~|<|>)[ \t\r\n]*/y).trim();
  return operator === '' ? null : (operator as QueryOperator);
}

export function compileComparison(scanner: Scanner, comparison: Comparison): Filter {
  const { key, operator, exact, position } = comparison;
  nonEmptyKey(scanner, key);
  const word = wordOf(key);
  const allowed = operatorsOf(word);
  if (!allowed.includes(operator)) {
    const at = { position: key.position, length: comparison.value.position - key.position };
    scanner.fail(`${key.text} does not take ${operator}`, at, `one of ${allowed.join(' ')}`);
  }
  if (exact && operator !== ':') {
    scanner.fail("'+' goes only with ':'", { position, length: 1 }, `${key.text}=...`);
  }
  return compileWord(scanner, comparison, word);
}

function wordOf(key: Lexeme): QueryWord {
  return (key.quoted ? undefined : queryWords.get(key.text)) ?? { type: 'attribute', key: key.text };
}

function compileWord(scanner: Scanner, comparison: Comparison, word: QueryWord): Filter {
  const { value, root, operator } = comparison;
  const scope: LeafScope = root ? 'root' : 'any';
  switch (word.type) {
    case 'text':
      return textual(comparison, (op) => ({
        type: 'field',
        scope: word.rootOnly ? 'root' : scope,
        field: word.field,
        op,
        value: value.text,
      }));
    case 'choice':
      return chosen(scanner, comparison, word, scope);
    case 'id':
      return identified(scanner, comparison, word, scope);
    case 'duration':
      return timed(scanner, comparison, word, scope);
    case 'existence':
      return { type: 'has-attribute', scope, key: nonEmptyKey(scanner, value).text };
    case 'attribute':
      return isNumeric(operator)
        ? numeric(scanner, comparison, word.key, scope)
        : textual(comparison, (op) => ({ type: 'attribute', scope, key: word.key, op, value: value.text }));
  }
}

function textual({ operator, exact }: Comparison, leaf: (op: TextOp) => Filter): Filter {
  switch (operator) {
    case '!=':
      return { type: 'not', term: leaf('=') };
    case '~':
      return leaf('contains');
    case '!~':
      return { type: 'not', term: leaf('contains') };
    case ':':
      return leaf(exact ? '=' : 'prefix');
    default:
      return leaf('=');
  }
}

function chosen(
  scanner: Scanner,
  comparison: Comparison,
  word: QueryWord & { type: 'choice' },
  scope: LeafScope,
): Filter {
  const { key, value, operator } = comparison;
  const choice = word.choices.find((one) => one === value.text.toLowerCase());
  if (choice === undefined) {
    const expected = `one of ${word.choices.join(', ')}`;
    scanner.fail(`${JSON.stringify(value.text)} is no ${key.text}`, value, expected);
  }
  return negatedIf(operator === '!=', { type: 'field', scope, field: word.field, op: '=', value: choice });
}

function identified(
  scanner: Scanner,
  comparison: Comparison,
  word: QueryWord & { type: 'id' },
  scope: LeafScope,
): Filter {
  const { value, operator } = comparison;
  if (value.text.length !== word.digits || !/^[0-9a-f]+$/i.test(value.text)) {
    scanner.fail(`${JSON.stringify(value.text)} is no id`, value, `${word.digits} hex digits`);
  }
  const id = value.text.toLowerCase();
  return negatedIf(operator === '!=', { type: 'field', scope, field: word.field, op: '=', value: id });
}

function timed(
  scanner: Scanner,
  comparison: Comparison,
  word: QueryWord & { type: 'duration' },
  scope: LeafScope,
): Filter {
  const { key, value, operator, exact, root, position } = comparison;
  if (exact || (root && word.of === 'trace')) {
    scanner.fail(`${key.text} takes no '${exact ? '+' : '^'}'`, { position, length: 1 }, key.text);
  }
  const nanos = parseQueryDuration(value.text);
  if (nanos === null) {
    const expected = 'a number followed by ns, us, ms, s, m, h or nothing (milliseconds)';
    scanner.fail(`${JSON.stringify(value.text)} is no duration`, value, expected);
  }
  const op = operator === ':' ? '>=' : operator === '!=' ? '=' : (operator as NumberOp);
  const leaf: Filter =
    word.of === 'trace' ? { type: 'trace-duration', op, nanos } : { type: 'span-duration', scope, op, nanos };
  return negatedIf(operator === '!=', leaf);
}

function isNumeric(operator: QueryOperator): boolean {
  return operator === '==' || operator.startsWith('<') || operator.startsWith('>');
}

function numeric(scanner: Scanner, { value, operator }: Comparison, key: string, scope: LeafScope): Filter {
  const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (!Number.isFinite(number)) {
    scanner.fail(`${JSON.stringify(value.text)} is no number`, value, 'a number; = and != compare text');
  }
  const op = operator === '==' ? '=' : (operator as NumberOp);
  return { type: 'attribute-number', scope, key, op, value: number };
}

function negatedIf(negated: boolean, term: Filter): Filter {
  return negated ? { type: 'not', term } : term;
}
