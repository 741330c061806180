import type { Span } from '@utxoiq/model';
import type { RedStats } from '@utxoiq/store';

export const isError = (span: Span): boolean => span.status.code === 2;
export const durationOf = (span: Span): number => Number(span.endUnixNano - span.startUnixNano);

/** Exact, not read off a scale: a sample is small. */
export function redStats(spans: readonly Span[]): RedStats {
  const durations = Float64Array.from(spans, durationOf).sort();
  const at = (share: number): number => durations[Math.ceil(share * durations.length) - 1] ?? 0;
  return {
    count: spans.length,
    errors: spans.filter(isError).length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}

/** Groups in the order in which their first span came. */
export function groupsOf<K>(spans: readonly Span[], keyOf: (span: Span) => K): Map<K, Span[]> {
  const groups = new Map<K, Span[]>();
  for (const span of spans) {
    const key = keyOf(span);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [span]);
    else known.push(span);
  }
  return groups;
}

/** Most frequent first. */
export const byCount = (a: { readonly count: number }, b: { readonly count: number }): number =>
  b.count - a.count;
