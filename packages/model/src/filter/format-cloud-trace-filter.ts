import { attributeAliases } from '../attributes/attribute-aliases.ts';
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

/**
 * As much of a filter as Cloud Trace's language can say: it holds of every trace that the filter holds of, so what
 * Google leaves out for it is not missing. Keys that answer under several names here have one there.
 */
export function necessaryCloudTraceFilter(filter: Filter | null): string {
  if (filter === null) return '';
  switch (filter.type) {
    case 'and':
      return filter.terms
        .map(necessaryCloudTraceFilter)
        .filter((text) => text !== '')
        .join(' ');
    case 'same-span':
      return necessaryCloudTraceFilter(filter.term);
    case 'or':
    case 'not':
      return '';
    default:
      return hasOtherNames(filter) ? '' : (formatLeaf(filter) ?? '');
  }
}

function hasOtherNames(leaf: Leaf): boolean {
  if (!('key' in leaf)) return false;
  // The service may have been found elsewhere: Google's exporter sends no `service.name`.
  return leaf.key === 'service.name' || (leaf.exactKey !== true && attributeAliases(leaf.key).length > 1);
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
