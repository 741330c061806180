import type { Filter, Leaf } from '@utxoiq/model';
import { PROMOTED_ATTRIBUTES } from '../block/promoted-attributes.ts';
import { asksForRoot } from './trace-condition.ts';

/** A filter that some span of every matching trace satisfies, with a guess of how few spans do. */
export interface Necessary {
  readonly filter: Filter;
  readonly rarity: number;
}

/**
 * The most selective thing that a trace's filter needs of at least one span: searching spans for it finds every
 * matching trace, and few others. null if the filter needs nothing of any span (`not`, durations of traces).
 */
export function necessaryFilter(filter: Filter): Necessary | null {
  switch (filter.type) {
    case 'and':
      return filter.terms
        .map(necessaryFilter)
        .reduce((best, next) => (next !== null && next.rarity > (best?.rarity ?? -1) ? next : best), null);
    case 'or':
      return necessaryOfAll(filter.terms);
    case 'not':
    case 'trace-duration':
      return null;
    case 'same-span':
      // Asked of rows, "is the root" means "has no parent", which holds of more rows: `not` would lose some.
      if (asksForRoot(filter.term) && negates(filter.term)) return null;
      return { filter: filter.term, rarity: 1 + rarityInside(filter.term) };
    default:
      return { filter, rarity: rarityOf(filter) };
  }
}

/**
 * What remains to be asked of traces that have a span which satisfies `needed`, the filter's necessary one; null
 * if that is all there is to the filter.
 */
export function remainingFilter(filter: Filter, needed: Filter): Filter | null {
  if (filter.type === 'and') {
    const terms = filter.terms.filter((term) => !isMetBy(term, needed));
    return terms.length === 0 ? null : { type: 'and', terms };
  }
  return isMetBy(filter, needed) ? null : filter;
}

/** Whether a trace satisfies a term as soon as one of its spans satisfies `needed`. */
function isMetBy(term: Filter, needed: Filter): boolean {
  // Not if it is about the root: of several spans without parent only the first is that.
  if (asksForRoot(term)) return false;
  return term === needed || (term.type === 'same-span' && term.term === needed);
}

function necessaryOfAll(terms: readonly Filter[]): Necessary | null {
  const needed = terms.map(necessaryFilter);
  if (needed.length === 0 || needed.includes(null)) return null;
  const all = needed.filter((necessary) => necessary !== null);
  return {
    filter: { type: 'or', terms: all.map((necessary) => necessary.filter) },
    rarity: Math.min(...all.map((necessary) => necessary.rarity)),
  };
}

function negates(filter: Filter): boolean {
  if (filter.type === 'and' || filter.type === 'or') return filter.terms.some(negates);
  return filter.type === 'not' || (filter.type === 'same-span' && negates(filter.term));
}

function rarityInside(filter: Filter): number {
  return necessaryFilter(filter)?.rarity ?? 0;
}

function rarityOf(leaf: Exclude<Leaf, { type: 'trace-duration' }>): number {
  switch (leaf.type) {
    case 'field':
      return rarityOfField(leaf.field, leaf.value);
    case 'attribute':
      if (leaf.op !== '=') return 4;
      return PROMOTED_ATTRIBUTES.get(leaf.key) === 'dictionary' ? 5 : 8;
    case 'attribute-number':
      return 5;
    case 'span-duration':
      return 3;
    case 'has-attribute':
      return 2;
  }
}

function rarityOfField(field: string, value: string): number {
  if (field === 'trace-id' || field === 'span-id') return 10;
  if (field === 'status') return value === 'error' ? 7 : 1;
  if (field === 'status-message') return 6;
  return field === 'name' ? 4 : field === 'service' ? 3 : 1;
}
