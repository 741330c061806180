import { type Filter, numberMatches, type TraceSummary, textMatches } from '@utxoiq/model';

/** Whether a trace's summary tells if it satisfies a filter: by durations, services, and its root's name and service. */
export function summaryTells(filter: Filter): boolean {
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.terms.every(summaryTells);
    case 'not':
      return summaryTells(filter.term);
    case 'trace-duration':
      return true;
    case 'field':
      return filter.field === 'service' || (filter.field === 'name' && filter.scope === 'root');
    default:
      return false;
  }
}

/** Whether a trace satisfies such a filter. */
export function summaryMatches(filter: Filter, summary: TraceSummary): boolean {
  switch (filter.type) {
    case 'and':
      return filter.terms.every((term) => summaryMatches(term, summary));
    case 'or':
      return filter.terms.some((term) => summaryMatches(term, summary));
    case 'not':
      return !summaryMatches(filter.term, summary);
    case 'trace-duration': {
      // The engine's times are signed, and wrap around.
      const nanos = BigInt.asIntN(64, summary.endUnixNano - summary.startUnixNano);
      return numberMatches(nanos, filter.op, filter.nanos);
    }
    case 'field':
      return textsOf(filter, summary).some((text) => textMatches(text, filter.op, filter.value));
    default:
      return false;
  }
}

function textsOf(
  { scope, field }: Extract<Filter, { type: 'field' }>,
  { root, services }: TraceSummary,
): readonly string[] {
  if (scope === 'any') return services.map(({ name }) => name);
  if (root === null) return [];
  return [field === 'name' ? root.name : root.serviceName];
}
