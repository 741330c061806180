import { rootOf, type Span, type TraceSummary } from '@utxoiq/model';

/** Spans that arrived twice stand once: the same ids, times and name. Different spans with one id stay. */
export function withoutCopies(spans: readonly Span[]): Span[] {
  const seen = new Set<string>();
  return spans.filter((span) => {
    const id = `${span.spanId} ${span.startUnixNano} ${span.endUnixNano} ${span.name}`;
    return !seen.has(id) && seen.add(id);
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
