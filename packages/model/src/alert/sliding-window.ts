import type { AlertMinute } from './observe.ts';

/** Sums over the last minutes, moved forward: each minute is added once and taken out once. */
export class SlidingWindow {
  readonly #minutes: readonly AlertMinute[];
  readonly #size: number;
  /** The distinct durations, ascending, and how many spans of the window took each. */
  readonly #durations: readonly number[];
  readonly #places: ReadonlyMap<number, number>;
  readonly #counts: Float64Array;
  #from = 0;
  #to = 0;
  count = 0;
  errors = 0;

  constructor(
    minutes: readonly AlertMinute[],
    size: number,
    { withDurations = true }: { readonly withDurations?: boolean } = {},
  ) {
    this.#minutes = minutes;
    this.#size = size;
    const distinct = new Set<number>();
    if (withDurations)
      for (const { durations } of minutes) for (const nanos of durations.keys()) distinct.add(nanos);
    this.#durations = [...distinct].sort((a, b) => a - b);
    this.#places = new Map(this.#durations.map((nanos, place) => [nanos, place]));
    this.#counts = new Float64Array(this.#durations.length);
  }

  /** The last minute of the window that had spans. */
  get lastMinute(): number | null {
    return this.#to > this.#from ? (this.#minutes[this.#to - 1]?.minute ?? null) : null;
  }

  /** To the minutes before `end`; never backwards. */
  moveTo(end: number): void {
    for (
      let one = this.#minutes[this.#to];
      one !== undefined && one.minute < end;
      one = this.#minutes[this.#to]
    ) {
      this.#add(one, 1);
      this.#to++;
    }
    for (
      let one = this.#minutes[this.#from];
      one !== undefined && one.minute < end - this.#size && this.#from < this.#to;
      one = this.#minutes[this.#from]
    ) {
      this.#add(one, -1);
      this.#from++;
    }
  }

  /** The duration that this share of the spans did not exceed, in nanoseconds. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (const [place, nanos] of this.#durations.entries()) {
      seen += this.#counts[place] ?? 0;
      if (seen >= rank) return nanos;
    }
    return this.#durations.at(-1) ?? 0;
  }

  #add({ count, errors, durations }: AlertMinute, sign: 1 | -1): void {
    this.count += sign * count;
    this.errors += sign * errors;
    if (this.#counts.length === 0) return;
    for (const [nanos, spans] of durations) {
      const place = this.#places.get(nanos) as number;
      this.#counts[place] = (this.#counts[place] as number) + sign * spans;
    }
  }
}
