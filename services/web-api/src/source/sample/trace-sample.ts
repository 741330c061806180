import { type Filter, matchesSpan, type Span } from '@utxoiq/model';
import type { PartialReason, TimeRangeQuery } from '@utxoiq/store';

/** Some traces of a range of time, whole, and whether there are more. */
export interface TraceSample {
  readonly spans: readonly Span[];
  readonly partial: PartialReason;
}

export type SampleQuery = TimeRangeQuery & { readonly filter?: Filter | null };
type Load = (query: SampleQuery) => Promise<TraceSample>;

/** The charts of a page ask about the same range and filter at once, and a page that refreshes with a new end. */
const keepMs = 30_000;
const nearNanos = BigInt(keepMs) * 1_000_000n;
const mostKept = 4;

/** Keeps the last samples for a while: each costs a good part of the read quota. */
export class TraceSamples {
  readonly #load: Load;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly atMs: number; readonly sample: Promise<TraceSample> }>();

  constructor(load: Load, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** The sampled spans that start in the range and satisfy the filter. */
  async spans(query: SampleQuery): Promise<TraceSample> {
    const { startUnixNano, endUnixNano, filter = null } = query;
    const { spans, partial } = await this.#sample(query);
    return {
      spans: spans.filter(
        (span) =>
          span.startUnixNano >= startUnixNano &&
          span.startUnixNano <= endUnixNano &&
          matchesSpan(filter, span, span.parentSpanId === null),
      ),
      partial,
    };
  }

  /** Shared by all who ask, so no one of them may end it: asked without their signals. */
  #sample({ projects, startUnixNano, endUnixNano, filter = null }: SampleQuery): Promise<TraceSample> {
    const near = [startUnixNano / nearNanos, endUnixNano / nearNanos].map(String);
    const key = JSON.stringify([projects, near, filter], (_name, value) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    const known = this.#kept.get(key);
    if (known !== undefined && this.#now() - known.atMs < keepMs) return known.sample;
    const sample = this.#load({ projects, startUnixNano, endUnixNano, filter });
    this.#kept.delete(key);
    this.#kept.set(key, { atMs: this.#now(), sample });
    sample.catch(() => this.#kept.delete(key)); // Who asked hears of it; nobody gets it again.
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return sample;
  }
}
