/** How often an attribute has a value among the selected spans, and among the rest. */
export interface DifferenceCandidate {
  readonly key: string;
  readonly value: string;
  readonly selected: number;
  readonly baseline: number;
}

/** Sizes of both populations. */
export interface PopulationSizes {
  readonly selected: number;
  readonly baseline: number;
}

/** One value of one attribute, and how far its share differs between the two populations. */
export interface RankedDifference {
  readonly key: string;
  readonly value: string;
  /** 0 to 1 of each population. */
  readonly selectedShare: number;
  readonly baselineShare: number;
  /** 0 to 1. */
  readonly score: number;
}

/**
 * How surely two populations differ in a share: by at least this much, with 95 % confidence.
 *
 *     p = (selected + 1) / (selectedCount + 2)     q = (baseline + 1) / (baselineCount + 2)
 *     score = max(0, |p - q| - 1.96 * sqrt(p (1 - p) / (selectedCount + 2) + q (1 - q) / (baselineCount + 2)))
 *
 * That is the lower end of the Agresti-Caffo interval ("Simple and Effective Confidence Intervals for
 * Proportions and Differences", The American Statistician 54, 2000). It is 0 for what may be chance, so three
 * spans out of three do not outrank 900 of 1,000, and plain arithmetic, so a database computes the same.
 */
export function differenceScore(selected: number, baseline: number, sizes: PopulationSizes): number {
  const p = (selected + 1) / (sizes.selected + 2);
  const q = (baseline + 1) / (sizes.baseline + 2);
  const variance = (p * (1 - p)) / (sizes.selected + 2) + (q * (1 - q)) / (sizes.baseline + 2);
  return Math.max(0, Math.abs(p - q) - 1.96 * Math.sqrt(variance));
}

/** What tells the selected spans from the rest, strongest first; what may be chance is left out. */
export function rankDifferences(
  candidates: readonly DifferenceCandidate[],
  sizes: PopulationSizes,
  limit = 50,
): RankedDifference[] {
  return candidates
    .map(({ key, value, selected, baseline }) => ({
      key,
      value,
      selectedShare: share(selected, sizes.selected),
      baselineShare: share(baseline, sizes.baseline),
      score: differenceScore(selected, baseline, sizes),
    }))
    .filter(({ score }) => score > 0)
    .sort(byScore)
    .slice(0, limit);
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}

/** Ties by key, then value, so that the order never flickers. */
function byScore(a: RankedDifference, b: RankedDifference): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
