import { formatFilterDuration } from './duration.ts';
import type { Filter, Leaf, NumberOp, TextField, TextOp } from './filter.ts';
import { quoteQueryKey, quoteQueryText } from './query-words.ts';

/** A filter as canonical text of the query language: `parseQuery` reads the same tree back. */
export function formatQuery(filter: Filter | null): string {
  return filter === null ? '' : format(filter);
}

function format(filter: Filter): string {
  switch (filter.type) {
    case 'and':
      return filter.terms.map(formatInside).join(' ');
    case 'or':
      return filter.terms.map(formatInside).join(' OR ');
    case 'not':
      return formatNegated(filter.term);
    case 'same-span':
      return `span{ ${format(filter.term)} }`;
    default:
      return formatLeaf(filter, false);
  }
}

/** Inside another list: parentheses wherever a reader might wonder. */
function formatInside(filter: Filter): string {
  return filter.type === 'and' || filter.type === 'or' ? `(${format(filter)})` : format(filter);
}

function formatNegated(term: Filter): string {
  if (isLeaf(term) && 'op' in term && hasNegatedOperator(term)) return formatLeaf(term, true);
  return `NOT ${formatInside(term)}`;
}

function isLeaf(filter: Filter): filter is Leaf {
  return (
    filter.type !== 'and' && filter.type !== 'or' && filter.type !== 'not' && filter.type !== 'same-span'
  );
}

function hasNegatedOperator(leaf: Leaf): boolean {
  if (!('op' in leaf) || leaf.type === 'attribute-number') return false;
  return leaf.op === '=' || leaf.op === 'contains';
}

function formatLeaf(leaf: Leaf, negated: boolean): string {
  const not = negated ? '!' : '';
  switch (leaf.type) {
    case 'trace-duration':
      return `latency${not}${leaf.op}${formatFilterDuration(leaf.nanos)}`;
    case 'span-duration':
      return `${root(leaf)}duration${not}${leaf.op}${formatFilterDuration(leaf.nanos)}`;
    case 'has-attribute':
      return `${root(leaf)}has:${quoteQueryText(leaf.key)}`;
    case 'attribute':
      return `${root(leaf)}${quoteQueryKey(leaf.key)}${textOperator(leaf.op, not)}${quoteQueryText(leaf.value)}`;
    case 'attribute-number':
      return `${root(leaf)}${quoteQueryKey(leaf.key)}${numberOperator(leaf.op)}${leaf.value}`;
    case 'field':
      return formatField(leaf, not);
  }
}

const fieldWords: Readonly<Record<TextField, string>> = {
  name: 'name',
  service: 'service',
  kind: 'kind',
  status: 'status',
  'status-message': 'status_message',
  'trace-id': 'trace',
  'span-id': 'span_id',
  'scope-name': 'scope',
};

function formatField(leaf: Leaf & { type: 'field' }, not: string): string {
  const value = quoteQueryText(leaf.value);
  const operator = textOperator(leaf.op, not);
  if (leaf.field === 'name' && leaf.scope === 'root') return `root${operator}${value}`;
  return `${root(leaf)}${fieldWords[leaf.field]}${operator}${value}`;
}

function root(leaf: { readonly scope: 'any' | 'root' }): string {
  return leaf.scope === 'root' ? '^' : '';
}

function textOperator(op: TextOp, not: string): string {
  if (op === 'prefix') return ':';
  return op === '=' ? `${not}=` : `${not}~`;
}

function numberOperator(op: NumberOp): string {
  return op === '=' ? '==' : op;
}
