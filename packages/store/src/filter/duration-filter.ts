import { type Filter, type NumberOp, unreachable } from '@utxoiq/model';

/** Whether a filter asks of a trace for nothing but its duration. */
export function asksForDurationOnly(filter: Filter): boolean {
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.terms.every(asksForDurationOnly);
    case 'not':
      return asksForDurationOnly(filter.term);
    default:
      return filter.type === 'trace-duration';
  }
}

/** Whether a trace so long satisfies such a filter. */
export function durationMatches(filter: Filter, nanos: bigint): boolean {
  switch (filter.type) {
    case 'and':
      return filter.terms.every((term) => durationMatches(term, nanos));
    case 'or':
      return filter.terms.some((term) => durationMatches(term, nanos));
    case 'not':
      return !durationMatches(filter.term, nanos);
    default:
      return filter.type === 'trace-duration' && compares(nanos, filter.op, filter.nanos);
  }
}

function compares(a: bigint, op: NumberOp, b: bigint): boolean {
  switch (op) {
    case '=':
      return a === b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return unreachable(op);
  }
}
