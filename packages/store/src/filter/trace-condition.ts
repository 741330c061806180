import { type Filter, unreachable } from '@utxoiq/model';
import { clamp, type FilterContext, leafCondition, PARENTLESS, spanCondition } from './span-condition.ts';

/** The root of a group of rows of one trace: the span without parent that starts first, then by id. */
const ROOT_ORDER = '(start, span_id)';

/** A filter asked of a trace, as a HAVING condition on its spans grouped by trace id. */
export function traceCondition(filter: Filter, context: FilterContext): string {
  switch (filter.type) {
    case 'and':
      return joined(filter.terms, 'AND', '1', context);
    case 'or':
      return joined(filter.terms, 'OR', '0', context);
    case 'not':
      return `NOT ${traceCondition(filter.term, context)}`;
    case 'same-span':
      return sameSpan(filter.term, context);
    case 'trace-duration':
      return `(toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start)) ${filter.op} ${context.params.int64(clamp(filter.nanos))})`;
    case 'field':
    case 'span-duration':
    case 'has-attribute':
    case 'attribute':
    case 'attribute-number':
      return filter.scope === 'root'
        ? ofRoot(leafCondition(filter, context))
        : ofAny(leafCondition(filter, context));
    default:
      return unreachable(filter);
  }
}

function joined(terms: readonly Filter[], word: 'AND' | 'OR', empty: string, context: FilterContext): string {
  if (terms.length === 0) return empty;
  return `(${terms.map((term) => traceCondition(term, context)).join(` ${word} `)})`;
}

const ofAny = (condition: string): string => `(countIf(${condition}) > 0)`;
const ofRoot = (condition: string): string =>
  `(argMinIf(toBool(${condition}), ${ROOT_ORDER}, ${PARENTLESS}) = 1)`;

/**
 * One span that satisfies everything. Where the filter asks whether the span is the root, the root is asked
 * with yes and the others with no: they are all spans that say "no root" minus the root itself.
 */
function sameSpan(term: Filter, context: FilterContext): string {
  if (!asksForRoot(term)) return ofAny(spanCondition(term, context));
  const asOther = spanCondition(term, context, '0');
  const others = `uniqExactIf(${ROOT_ORDER}, ${asOther}) > toUInt64(argMinIf(toBool(${asOther}), ${ROOT_ORDER}, ${PARENTLESS}))`;
  return `(${ofRoot(spanCondition(term, context, '1'))} OR ${others})`;
}

export function asksForRoot(filter: Filter): boolean {
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.terms.some(asksForRoot);
    case 'not':
    case 'same-span':
      return asksForRoot(filter.term);
    default:
      return 'scope' in filter && filter.scope === 'root';
  }
}
