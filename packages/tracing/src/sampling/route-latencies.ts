/** Buckets grow by a quarter: 64 of them reach from 0.1 ms to 2 minutes, within 12 % of the true value. */
const GROWTH = Math.log(1.25);
const FIRST_MS = 0.1;
const BUCKETS = 64;
/** Before this many requests a route has no percentile worth the name. */
const MIN_COUNT = 200;
/** Counts are halved here, so that a route's past fades. */
const MAX_COUNT = 20_000;
const MAX_ROUTES = 1000;

interface Histogram {
  readonly counts: Uint32Array;
  total: number;
}

/** Each route's latencies in a histogram of fixed size, to tell which requests are slow for their route. */
export class RouteLatencies {
  private readonly routes = new Map<string, Histogram>();

  /** Whether `durationMs` is above the 99th percentile of the route so far; counts it as well. */
  isSlow(route: string, durationMs: number): boolean {
    const histogram = this.histogramOf(route);
    if (histogram === null) return false;
    const bucket = bucketOf(durationMs);
    const slow = histogram.total >= MIN_COUNT && bucket > percentileBucket(histogram, 0.99);
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histogram.total++;
    if (histogram.total >= MAX_COUNT) halve(histogram);
    return slow;
  }

  private histogramOf(route: string): Histogram | null {
    const known = this.routes.get(route);
    if (known !== undefined) return known;
    if (this.routes.size >= MAX_ROUTES) return null;
    const made = { counts: new Uint32Array(BUCKETS), total: 0 };
    this.routes.set(route, made);
    return made;
  }
}

function bucketOf(durationMs: number): number {
  if (!(durationMs > FIRST_MS)) return 0;
  return Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(durationMs / FIRST_MS) / GROWTH));
}

function percentileBucket({ counts, total }: Histogram, share: number): number {
  let left = total * share;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    left -= counts[bucket] ?? 0;
    if (left <= 0) return bucket;
  }
  return BUCKETS - 1;
}

function halve(histogram: Histogram): void {
  histogram.total = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const half = (histogram.counts[bucket] ?? 0) >>> 1;
    histogram.counts[bucket] = half;
    histogram.total += half;
  }
}
