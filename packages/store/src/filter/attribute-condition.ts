import { type NumberOp, type TextOp, unreachable } from '@utxoiq/model';
import type { SqlParameters } from '../read/sql-parameters.ts';
import type { Place } from './attribute-places.ts';

export function textMatches(expression: string, op: TextOp, value: string, params: SqlParameters): string {
  switch (op) {
    case '=':
      return `${expression} = ${params.text(value)}`;
    case 'prefix':
      return `startsWith(${expression}, ${params.text(value)})`;
    case 'contains':
      return `position(${expression}, ${params.text(value)}) > 0`;
    default:
      return unreachable(op);
  }
}

/** Whether the place has the attribute at all. */
export function isPresentAt(place: Place): string {
  return place.holds === 'uint16' ? `${place.value} != 0` : place.isPresent;
}

/** Compares the text that `attributeText` of the model prints, for each type in the engine's own terms. */
export function textMatchesAt(place: Place, op: TextOp, value: string, params: SqlParameters): string {
  switch (place.holds) {
    case 'text': {
      const matches = textMatches(place.value, op, value, params);
      return value === '' ? `(${place.isPresent} AND ${matches})` : matches;
    }
    case 'uint16':
      if (op !== '=')
        return `(${place.value} != 0 AND ${textMatches(`toString(${place.value})`, op, value, params)})`;
      return /^[1-9]\d{0,4}$/.test(value) ? `${place.value} = ${params.number(Number(value))}` : '0';
    case 'int':
      return `(${place.isPresent} AND ${intMatches(place.value, op, value, params)})`;
    case 'double':
      return `(${place.isPresent} AND ${doubleMatches(place.value, op, value, params)})`;
    case 'bool':
      return `(${place.isPresent} AND ${boolMatches(place.value, op, value)})`;
    case 'other':
      return `(${place.isPresent} AND ${textMatches(`if(${place.value} = '{}', '', ${place.value})`, op, value, params)})`;
    default:
      return unreachable(place);
  }
}

function intMatches(expression: string, op: TextOp, value: string, params: SqlParameters): string {
  if (op !== '=') return textMatches(`toString(${expression})`, op, value, params);
  if (!/^(0|-?[1-9]\d{0,18})$/.test(value)) return '0';
  const number = BigInt(value);
  return BigInt.asIntN(64, number) === number ? `${expression} = ${params.int64(number)}` : '0';
}

function doubleMatches(expression: string, op: TextOp, value: string, params: SqlParameters): string {
  if (op !== '=') return textMatches(doubleAsText(expression), op, value, params);
  if (value === 'NaN') return `isNaN(${expression})`;
  const number = Number(value);
  return String(number) === value ? `${expression} = ${params.number(number)}` : '0';
}

// ClickHouse prints 1e21 where JavaScript prints 1e+21; both print the shortest text that reads back the same.
const doubleAsText = (expression: string): string =>
  `multiIf(isNaN(${expression}), 'NaN', isInfinite(${expression}), if(${expression} > 0, 'Infinity', '-Infinity'), ` +
  `${expression} = 0, '0', replaceOne(replaceOne(toString(${expression}), 'e', 'e+'), 'e+-', 'e-'))`;

function boolMatches(expression: string, op: TextOp, value: string): string {
  const matches = (text: string): boolean =>
    op === '=' ? text === value : op === 'prefix' ? text.startsWith(value) : text.includes(value);
  if (matches('true')) return matches('false') ? '1' : expression;
  return matches('false') ? `NOT ${expression}` : '0';
}

// The texts that `attributeNumber` of the model takes for numbers.
const NUMBER_TEXT = `'^-?[0-9]+(\\\\.[0-9]+)?([eE][+-]?[0-9]+)?$'`;

export function numberMatchesAt(place: Place, op: NumberOp, value: number, params: SqlParameters): string {
  const than = `${op} ${params.number(value)}`;
  switch (place.holds) {
    case 'text':
      return `(match(${place.value}, ${NUMBER_TEXT}) AND toFloat64OrZero(${place.value}) ${than})`;
    case 'uint16':
      return `(${place.value} != 0 AND ${place.value} ${than})`;
    case 'int':
      return `(${place.isPresent} AND toFloat64(${place.value}) ${than})`;
    case 'double':
      return `(${place.isPresent} AND ${place.value} ${than})`;
    case 'bool':
    case 'other':
      return '0';
    default:
      return unreachable(place);
  }
}
