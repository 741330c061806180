import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { Decision, DROP, type Sampler, type SamplingResult } from './sampler.ts';

/** Options of `rateLimited`. */
export interface RateLimitOptions {
  /** Traces per second for each route; others are dropped. */
  readonly perSecond: number;
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number;
}

/** Routes beyond this many share one allowance, so that a scanner's paths cannot take memory. */
const MAX_ROUTES = 1000;
const OTHER_ROUTES = '';

/**
 * At most so many traces a second of each route: rare routes are kept whole, busy ones cut. A kept span says in
 * `sampling.adjusted_count` for how many requests of its route it stands (those dropped since the last kept
 * one, and itself), so that counts can be extrapolated.
 */
export function rateLimited({ perSecond, now = () => performance.now() }: RateLimitOptions): Sampler {
  const routes = new Map<string, TokenBucket>();
  return {
    shouldSample(
      _context: Context,
      _traceId: string,
      spanName: string,
      _kind: SpanKind,
      attributes: Attributes,
      _links: Link[],
    ): SamplingResult {
      const route = attributes['http.route'];
      const key = typeof route === 'string' ? `${spanName} ${route}` : spanName;
      return bucketOf(routes, key, perSecond).take(now(), perSecond);
    },
    toString: () => `RateLimited{${perSecond}}`,
  };
}

function bucketOf(routes: Map<string, TokenBucket>, key: string, perSecond: number): TokenBucket {
  const known = routes.get(key);
  if (known !== undefined) return known;
  const name = routes.size < MAX_ROUTES ? key : OTHER_ROUTES;
  const bucket = routes.get(name) ?? new TokenBucket(perSecond);
  routes.set(name, bucket);
  return bucket;
}

class TokenBucket {
  private tokens: number;
  private readonly size: number;
  private filledAt = 0;
  private dropped = 0;

  constructor(perSecond: number) {
    this.size = Math.max(1, perSecond);
    this.tokens = this.size;
  }

  take(now: number, perSecond: number): SamplingResult {
    if (this.filledAt > 0) {
      this.tokens = Math.min(this.size, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
    }
    this.filledAt = now;
    if (this.tokens < 1) {
      this.dropped++;
      return DROP;
    }
    this.tokens--;
    const adjustedCount = this.dropped + 1;
    this.dropped = 0;
    return { decision: Decision.recordAndSample, attributes: { 'sampling.adjusted_count': adjustedCount } };
  }
}
