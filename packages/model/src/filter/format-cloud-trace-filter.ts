import { cloudTraceWords } from './cloud-trace-filter.ts';
import type { Filter, Leaf } from './filter.ts';
import { quoteQueryText } from './query-words.ts';

/**
 * A filter as text of Cloud Trace's own language, to send it to Google; null if that language cannot say it
 * (OR, NOT, ranges, fields other than the name, one same span).
 */
export function formatCloudTraceFilter(filter: Filter | null): string | null {
  if (filter === null) return '';
  if (filter.type === 'and') {
    const terms = filter.terms.map(formatCloudTraceFilter);
    return terms.includes(null) ? null : terms.join(' ');
  }
  return filter.type === 'or' || filter.type === 'not' || filter.type === 'same-span'
    ? null
    : formatLeaf(filter);
}

function formatLeaf(leaf: Leaf): string | null {
  switch (leaf.type) {
    case 'trace-duration':
      return leaf.op === '>='
        ? `latency:${leaf.nanos % 1_000_000n === 0n ? `${leaf.nanos / 1_000_000n}ms` : `${leaf.nanos}ns`}`
        : null;
    case 'has-attribute':
      return `${root(leaf)}label:${quoteQueryText(leaf.key)}`;
    case 'attribute':
      return cloudTraceWords.some((word) => word === leaf.key)
        ? null
        : textTerm(leaf, root(leaf), quoteQueryText(leaf.key));
    case 'field':
      if (leaf.field !== 'name') return null;
      return leaf.scope === 'root' ? textTerm(leaf, '', 'root') : textTerm(leaf, '', 'span');
    case 'span-duration':
    case 'attribute-number':
      return null;
  }
}

function textTerm(
  leaf: { readonly op: string; readonly value: string },
  mark: string,
  key: string,
): string | null {
  if (leaf.op === 'contains') return null;
  return `${leaf.op === '=' ? '+' : ''}${mark}${key}:${quoteQueryText(leaf.value)}`;
}

function root(leaf: { readonly scope: 'any' | 'root' }): string {
  return leaf.scope === 'root' ? '^' : '';
}
