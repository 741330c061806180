import { isDeepStrictEqual } from 'node:util';
import { rootOf, type Span, type TraceSummary } from '@utxoiq/model';

/** Spans that arrived twice stand once; one that differs in anything, if only an attribute, stays. */
export function withoutCopies(spans: readonly Span[]): Span[] {
  const kept = new Map<string, Span[]>();
  return spans.filter((span) => {
    const id = `${span.spanId} ${span.startUnixNano} ${span.endUnixNano} ${span.name}`;
    const alike = kept.get(id);
    if (alike === undefined) kept.set(id, [span]);
    else if (alike.some((other) => isDeepStrictEqual(other, span))) return false;
    else alike.push(span);
    return true;
  });
}

/** What a list shows of a trace, of its spans without copies. */
export function summarize(spans: readonly [Span, ...Span[]]): TraceSummary {
  const root = rootOf(spans);
  const [first] = spans;
  let startUnixNano = first.startUnixNano;
  let endUnixNano = first.endUnixNano;
  let errorCount = 0;
  const services = new Map<string, number>();
  for (const span of spans) {
    if (span.startUnixNano < startUnixNano) startUnixNano = span.startUnixNano;
    if (span.endUnixNano > endUnixNano) endUnixNano = span.endUnixNano;
    if (span.status.code === 2) errorCount++;
    const service = serviceOf(span);
    services.set(service, (services.get(service) ?? 0) + 1);
  }
  return {
    traceId: first.traceId,
    projectId: root?.projectId ?? first.projectId,
    root:
      root === undefined
        ? null
        : {
            spanId: root.spanId,
            name: root.name,
            serviceName: serviceOf(root),
            startUnixNano: root.startUnixNano,
            endUnixNano: root.endUnixNano,
          },
    startUnixNano,
    endUnixNano,
    spanCount: spans.length,
    errorCount,
    services: byCount(services),
  };
}

const serviceOf = (span: Span): string => String(span.resource.attributes.get('service.name') ?? '');

/** Services with their number of spans, most spans first, then by name. */
export function byCount(services: ReadonlyMap<string, number>): TraceSummary['services'] {
  return Array.from(services, ([name, spanCount]) => ({ name, spanCount })).sort(
    (a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1),
  );
}
