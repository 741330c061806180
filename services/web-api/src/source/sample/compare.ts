import { matchesSpan, type Span } from '@utxoiq/model';
import type { CompareQuery, CompareResult, PartialReason } from '@utxoiq/store';
import { textOf } from './values.ts';

const fieldKeys = ['service', 'name', 'status', 'kind'];

/** What sets the selected spans apart from the others; the score is the difference of the shares. */
export function compareSpans(
  spans: readonly Span[],
  { selection, limit = 20 }: CompareQuery,
  partial: PartialReason,
): CompareResult {
  const [selected, baseline]: [Span[], Span[]] = [[], []];
  for (const span of spans) (isSelected(span, selection) ? selected : baseline).push(span);
  const [ofSelected, ofBaseline] = [countPairs(selected), countPairs(baseline)];
  const differences = [...new Set([...ofSelected.keys(), ...ofBaseline.keys()])].map((pair) => {
    const [key = '', value = ''] = JSON.parse(pair) as string[];
    const selectedShare = share(ofSelected.get(pair), selected.length);
    const baselineShare = share(ofBaseline.get(pair), baseline.length);
    return { key, value, selectedShare, baselineShare, score: Math.abs(selectedShare - baselineShare) };
  });
  return {
    selectedCount: selected.length,
    baselineCount: baseline.length,
    differences: differences.sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1)).slice(0, limit),
    partial,
  };
}

const share = (count: number | undefined, of: number): number => (of === 0 ? 0 : (count ?? 0) / of);

function isSelected(span: Span, selection: CompareQuery['selection']): boolean {
  const { startUnixNano, endUnixNano, minDurationNanos, maxDurationNanos, filter = null } = selection;
  const duration = span.endUnixNano - span.startUnixNano;
  return (
    span.startUnixNano >= startUnixNano &&
    span.startUnixNano <= endUnixNano &&
    (minDurationNanos === undefined || duration >= minDurationNanos) &&
    (maxDurationNanos === undefined || duration <= maxDurationNanos) &&
    matchesSpan(filter, span, span.parentSpanId === null)
  );
}

/** How many spans have each key with each value. */
function countPairs(spans: readonly Span[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const span of spans) {
    for (const key of new Set([
      ...fieldKeys,
      ...span.attributes.keys(),
      ...span.resource.attributes.keys(),
    ])) {
      const pair = JSON.stringify([key, textOf(span, key)]);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return counts;
}
