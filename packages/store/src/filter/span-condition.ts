import {
  type Filter,
  type Leaf,
  SpanKind,
  StatusCode,
  type TextField,
  type TextOp,
  unreachable,
} from '@utxoiq/model';
import type { Loaded } from '../read/key-catalogue.ts';
import type { SqlParameters } from '../read/sql-parameters.ts';
import { isPresentAt, numberMatchesAt, textMatches, textMatchesAt } from './attribute-condition.ts';
import { placesOf } from './attribute-places.ts';

export interface FilterContext {
  readonly params: SqlParameters;
  readonly keys: Loaded;
}

/** Whether a row of `spans` is one without parent. */
export const PARENTLESS = `parent_span_id = toFixedString('', 8)`;

/**
 * A filter asked of one span, as a condition on a row of `spans`. `isRoot` is the condition on which the row
 * counts as its trace's root.
 */
export function spanCondition(filter: Filter, context: FilterContext, isRoot: string = PARENTLESS): string {
  switch (filter.type) {
    case 'and':
      return joined(filter.terms, 'AND', '1', context, isRoot);
    case 'or':
      return joined(filter.terms, 'OR', '0', context, isRoot);
    case 'not':
      return `NOT ${spanCondition(filter.term, context, isRoot)}`;
    case 'same-span':
      return spanCondition(filter.term, context, isRoot);
    default: {
      const condition = leafCondition(filter, context);
      return 'scope' in filter && filter.scope === 'root' ? `(${isRoot} AND ${condition})` : condition;
    }
  }
}

function joined(
  terms: readonly Filter[],
  word: 'AND' | 'OR',
  empty: string,
  context: FilterContext,
  isRoot: string,
): string {
  if (terms.length === 0) return empty;
  return `(${terms.map((term) => spanCondition(term, context, isRoot)).join(` ${word} `)})`;
}

export function leafCondition(leaf: Leaf, context: FilterContext): string {
  const { params, keys } = context;
  switch (leaf.type) {
    case 'trace-duration':
    case 'span-duration':
      return `duration ${leaf.op} ${params.int64(clamp(leaf.nanos))}`;
    case 'field':
      return fieldCondition(leaf.field, leaf.op, leaf.value, params);
    case 'has-attribute':
      return anyOf(placesOf(leaf, keys, params).map(isPresentAt));
    case 'attribute':
      return anyOf(
        placesOf(leaf, keys, params).map((place) => textMatchesAt(place, leaf.op, leaf.value, params)),
      );
    case 'attribute-number':
      return anyOf(
        placesOf(leaf, keys, params).map((place) => numberMatchesAt(place, leaf.op, leaf.value, params)),
      );
    default:
      return unreachable(leaf);
  }
}

const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0
    ? '0'
    : conditions.length === 1
      ? (conditions[0] as string)
      : `(${conditions.join(' OR ')})`;

export const clamp = (nanos: bigint): bigint =>
  nanos > 2n ** 63n - 1n ? 2n ** 63n - 1n : nanos < -(2n ** 63n) ? -(2n ** 63n) : nanos;

function fieldCondition(field: TextField, op: TextOp, value: string, params: SqlParameters): string {
  switch (field) {
    case 'name':
      return textMatches('name', op, value, params);
    case 'service':
      return textMatches('service', op, value, params);
    case 'kind':
      return codeMatches('kind', SpanKind, op, value);
    case 'status':
      return codeMatches('status_code', StatusCode, op, value);
    case 'status-message':
      return textMatches('status_message', op, value, params);
    case 'trace-id':
      return idMatches('trace_id', 32, op, value, params);
    case 'span-id':
      return idMatches('span_id', 16, op, value, params);
    case 'scope-name':
      return textMatches(`JSONExtractString(scope, 'name')`, op, value, params);
    default:
      return unreachable(field);
  }
}

function idMatches(column: string, digits: number, op: TextOp, value: string, params: SqlParameters): string {
  if (op !== '=') return textMatches(`lower(hex(${column}))`, op, value, params);
  return /^[0-9a-f]+$/.test(value) && value.length === digits ? `${column} = ${params.bytes(value)}` : '0';
}

/** A number that people know by name: the numbers whose names match; numbers without a name have the name ''. */
function codeMatches(
  column: string,
  names: Readonly<Record<string, number>>,
  op: TextOp,
  value: string,
): string {
  const matches = (name: string): boolean =>
    op === '=' ? name === value : op === 'prefix' ? name.startsWith(value) : name.includes(value);
  const codes = Object.entries(names).filter(([name]) => matches(name));
  const named = codes.length === 0 ? '0' : `${column} IN (${codes.map(([, code]) => code).join(', ')})`;
  return matches('') ? `(${named} OR ${column} > ${Math.max(...Object.values(names))})` : named;
}
