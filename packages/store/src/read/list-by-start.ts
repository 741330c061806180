import type { Filter, TraceSummary } from '@utxoiq/model';
import { necessaryFilter, remainingFilter } from '../filter/necessary-filter.ts';
import { summaryMatches, summaryTells } from '../filter/summary-filter.ts';
import type { StoredData } from './data-range.ts';
import { evaluateTraces } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import { LOOK_AROUND_NANOS } from './look-around.ts';
import { numericKey, type PageKey } from './page-token.ts';
import { type FoundTraces, limitReached } from './partial.ts';
import type { ListTracesQuery, PartialReason } from './queries.ts';
import type { Reader } from './reader.ts';
import { type Candidates, candidatesIn, lateTraces } from './start-candidates.ts';
import {
  FIRST_WINDOW_NANOS,
  LAST_TIME,
  larger,
  smaller,
  startOfWindow,
  type TimeWindow,
  timeWindows,
  windowGrowth,
} from './time-windows.ts';
import { MANY_SPANS, type TracesAsked, type TracesInWindow, tracesInWindow } from './traces-in-window.ts';

/** Traces that satisfy the filter only after the range they start in; of more, some are missing, and the list says so. */
const LATE_TRACES = 20_000;
/** Candidates of one window that are evaluated at most; what is older waits for the next window. */
const CANDIDATES_PER_STEP = 2_000;
/** A trace that satisfies a filter is first looked for among so many of the newest. */
const SEARCHED_FOR_ONE = 250;
/** A first window that the last list proposed says little about what is before it. */
const GROWTH_WHILE_SHORT = 12n;
/** Where more start in one instant than a search takes in, the next one takes so many times as many. */
const MORE_AT_ONCE = 8;
const MOST_AT_ONCE = MORE_AT_ONCE ** 3;
/** To look for 25 traces more among so many spans costs as much as to find out which 25 start latest. */
const MANY_AROUND = 1_500_000;

/**
 * Newest (or oldest) first: candidates come from spans that satisfy what the filter needs of at least one span,
 * window by window, and each is evaluated over its whole trace. Every span of a trace starts at or after the
 * trace does, so after a walk backwards to a time, all traces that start after it are known.
 */
export async function listByStart(
  reader: Reader,
  query: ListTracesQuery,
  after: PageKey | null,
  deadline: Deadline,
): Promise<FoundTraces> {
  const walk = new StartWalk(reader, query, after, deadline);
  try {
    await walk.run();
    return { traces: walk.inOrder(), partial: walk.partial };
  } catch (error) {
    return { partial: limitReached(error), traces: walk.inOrder() };
  }
}

class StartWalk {
  partial: PartialReason = null;
  readonly #reader: Reader;
  readonly #query: ListTracesQuery;
  readonly #descending: boolean;
  readonly #deadline: Deadline;
  /** What candidates need to satisfy to be found, and what is left to ask of those found. */
  readonly #needed: Filter | null;
  readonly #remaining: Filter | null;
  readonly #afterStart: bigint | null;
  readonly #afterId: string;
  readonly #seen = new Set<string>();
  readonly #found: TraceSummary[] = [];
  /** Searches that found more traces than they may look at. */
  #stepsCut = 0;
  /** The search went this far: traces that start on the near side of it are complete. */
  #reached: bigint;

  constructor(reader: Reader, query: ListTracesQuery, after: PageKey | null, deadline: Deadline) {
    this.#reader = reader;
    this.#query = query;
    this.#descending = query.orderBy !== 'start';
    this.#deadline = deadline;
    const { filter } = query;
    this.#needed = filter === null ? null : (necessaryFilter(filter)?.filter ?? null);
    this.#remaining =
      filter === null || this.#needed === null ? filter : remainingFilter(filter, this.#needed);
    this.#afterStart = after === null ? null : numericKey(after);
    this.#afterId = after?.id ?? '';
    this.#reached = this.#descending ? query.endUnixNano + 1n : query.startUnixNano;
  }

  /** The traces of which it is certain that none is missing before them, in order. */
  inOrder(): readonly TraceSummary[] {
    const sign = this.#descending ? -1 : 1;
    const reached = this.#reached;
    return this.#found
      .filter(({ startUnixNano }) => (this.#descending ? startUnixNano >= reached : startUnixNano < reached))
      .sort((a, b) => sign * (compare(a.startUnixNano, b.startUnixNano) || compare(a.traceId, b.traceId)));
  }

  async run(): Promise<void> {
    const [data] = await Promise.all([
      this.#reader.data.about(),
      this.#query.filter === null ? null : this.#reader.keys.load(),
    ]);
    if (data === null) {
      this.#reached = this.#descending ? this.#query.startUnixNano : this.#query.endUnixNano + 1n;
      return;
    }
    // The span that satisfies the filter may start long after its trace.
    const lookAhead = this.#needed === null ? 0n : LOOK_AROUND_NANOS;
    if (this.#descending) await this.#walkBackwards(this.#range(), { data, lookAhead });
    else await this.#walkForwards(this.#range(), { data, lookAhead });
  }

  #range(): TimeWindow {
    const { startUnixNano, endUnixNano } = this.#query;
    const after = this.#afterStart;
    return this.#descending
      ? { from: startUnixNano, to: (after ?? endUnixNano) + 1n }
      : { from: after ?? startUnixNano, to: endUnixNano + 1n };
  }

  async #walkBackwards(asked: TimeWindow, { data, lookAhead }: Walk): Promise<void> {
    const beyond = { from: asked.to, to: asked.to + lookAhead };
    const isBeyondEmpty = lookAhead === 0n || data.to <= beyond.from;
    // Where nothing is to be expected beyond, the first window takes it in.
    const range = isBeyondEmpty ? { from: asked.from, to: beyond.to } : asked;
    let { to } = range;
    let lateFrom = to;
    let length = this.#firstLength();
    while (to > range.from && !this.#isEnough()) {
      const window = { from: startOfWindow(range, to, length, data), to };
      const started = { from: window.from, to: lateFrom };
      const late = isBeyondEmpty ? null : this.#findLate(started, beyond);
      const left = await this.#both(this.#search(window, { all: this.#holdsFew(length), data }), late);
      lateFrom = window.from;
      // What is left of a window is so dense that the next one need not be longer.
      if (left === null)
        length *= larger(this.#growth(), length < FIRST_WINDOW_NANOS ? GROWTH_WHILE_SHORT : 1n);
      to = left ?? window.from;
      this.#reached = to;
    }
    if (to <= range.from) this.#reached = this.#query.startUnixNano;
    this.#learn(smaller(range.to, data.to));
  }

  /** What the search of a window found is certain only with the late traces. */
  async #both(search: Promise<bigint | null>, late: Promise<void> | null): Promise<bigint | null> {
    const reached = this.#reached;
    const [left, known] = await Promise.allSettled([search, late]);
    if (known.status === 'rejected') {
      this.#reached = reached;
      throw known.reason;
    }
    if (left.status === 'rejected') throw left.reason;
    return left.value;
  }

  #firstLength(): bigint {
    const { filter, pageSize } = this.#query;
    const traces = filter === null ? this.#candidatesPerStep() : pageSize * SEARCHED_FOR_ONE;
    return this.#reader.density.windowOf(traces);
  }

  /**
   * Whether all traces of a window of such a length may be asked for: twice as many spans as expected are not too many,
   * nor are those among which each trace more is looked for.
   */
  #holdsFew(length: bigint): boolean {
    const { density } = this.#reader;
    return (
      this.#needed === null &&
      2 * density.spansIn(length) < MANY_SPANS &&
      density.spansIn(LOOK_AROUND_NANOS) < MANY_AROUND
    );
  }

  /** For the next list. */
  #learn(newest: bigint): void {
    const traces = this.inOrder();
    const [first, last] = [traces[0], traces.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#reader.data.saw(first.startUnixNano);
    if (this.#query.filter !== null) return;
    const extent = first.startUnixNano - last.startUnixNano;
    this.#reader.density.learn({
      traces: traces.length,
      spans: traces.reduce((sum, { spanCount }) => sum + spanCount, 0),
      lagNanos: newest - first.startUnixNano,
      extentNanos: extent,
    });
  }

  async #findLate(started: TimeWindow, beyond: TimeWindow): Promise<void> {
    const asked = { started, beyond, needed: this.#needed, limit: LATE_TRACES, deadline: this.#deadline };
    const late = await lateTraces(this.#reader, this.#query, asked);
    if (late.length === LATE_TRACES) this.partial = { reason: 'limit' };
    await this.#evaluate(
      late.filter((id) => !this.#seen.has(id)),
      beyond,
    );
  }

  /** Where what is left of the window ends, if there was more in it than one search takes in; else null. */
  async #search(window: TimeWindow, known: KnownOfWindow): Promise<bigint | null> {
    for (let times = 1; ; times *= MORE_AT_ONCE) {
      const found = (await this.#findAtOnce(window, times, known)) ?? (await this.#findByIds(window, times));
      if (found.after === null) return null;
      const left = found.after + 1n;
      if (left < window.to || this.#isEnough()) return left;
      // All that were found start in the last instant of the window: are there more?
      if (times < MOST_AT_ONCE) continue;
      this.partial = { reason: 'limit' };
      return window.to - 1n;
    }
  }

  /**
   * Null where ids are to be found first: something is left to ask of each trace that its summary does not tell, few
   * of them seem to satisfy it, or they are too large.
   */
  async #findAtOnce(window: TimeWindow, times: number, known: KnownOfWindow): Promise<Found | null> {
    const remaining = this.#remaining;
    if (remaining !== null && (this.#stepsCut > 1 || !summaryTells(remaining))) return null;
    const limit = (this.#query.pageSize * (remaining === null ? 1 : 2) + this.#spare()) * times;
    const asked = {
      window,
      needed: this.#needed,
      limit,
      deadline: this.#deadline,
      all: known.all && times === 1,
      data: known.data,
    };
    const found = await tracesInWindow(this.#reader, this.#query, asked);
    if (found === null) return null;
    if (found.after !== null) this.#stepsCut++;
    for (const summary of found.summaries) {
      if (this.#seen.has(summary.traceId)) continue;
      this.#seen.add(summary.traceId);
      if (!this.#isWanted(summary)) continue;
      if (remaining === null || summaryMatches(remaining, summary)) this.#found.push(summary);
    }
    return found;
  }

  async #findByIds(window: TimeWindow, times: number): Promise<Found> {
    const candidates = await this.#candidates(window, this.#candidatesPerStep() * times);
    for (const batch of this.#batches(candidates)) {
      await this.#evaluateRows(candidates, batch);
      // Of those that are left, no span that satisfies the filter starts later than the first one of these.
      const after = candidates.firsts[batch.at(-1) as number] as bigint;
      this.#reached = after + 1n;
      if (this.#isEnough()) return { after };
    }
    return { after: candidates.isCut ? (candidates.firsts.at(-1) as bigint) : null };
  }

  async #walkForwards(range: TimeWindow, { data, lookAhead }: Walk): Promise<void> {
    for (const window of timeWindows(range, 'forwards', data, () => this.#growth())) {
      if (this.#isEnough()) return;
      const ahead = { from: window.from, to: window.to + lookAhead };
      const candidates = await this.#candidates(ahead, CANDIDATES_PER_STEP * 10);
      if (candidates.isCut) this.partial = { reason: 'limit' };
      for (const batch of this.#batches(candidates)) await this.#evaluateRows(candidates, batch);
      this.#reached = window.to;
      if (candidates.isCut) return;
    }
    this.#reached = this.#query.endUnixNano + 1n;
  }

  #growth(): bigint {
    return windowGrowth(this.#found.length, this.#query.pageSize + 1);
  }

  #isEnough(): boolean {
    return this.inOrder().length > this.#query.pageSize;
  }

  /** Traces asked for beyond a page. Where any span will do, the first one tells where its trace starts; else not. */
  #spare(): number {
    return this.#needed === null ? 5 : 20;
  }

  /** If nothing is left to ask of candidates, nearly all of them are wanted. */
  #candidatesPerStep(): number {
    return this.#remaining === null
      ? Math.min(CANDIDATES_PER_STEP, this.#query.pageSize + this.#spare())
      : CANDIDATES_PER_STEP;
  }

  #candidates(window: TimeWindow, limit: number): Promise<Candidates> {
    const asked = { window, needed: this.#needed, limit, deadline: this.#deadline };
    return candidatesIn(this.#reader, this.#query, asked);
  }

  /** Rows of candidates not yet evaluated, some more than a page at a time. */
  #batches({ traceIds }: Candidates): readonly (readonly number[])[] {
    const rows = traceIds.map((_, row) => row).filter((row) => !this.#seen.has(traceIds[row] as string));
    const size = this.#remaining === null ? this.#candidatesPerStep() : 400;
    return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) =>
      rows.slice(at * size, (at + 1) * size),
    );
  }

  async #evaluateRows({ traceIds, firsts, lasts }: Candidates, rows: readonly number[]): Promise<void> {
    await this.#evaluate(
      rows.map((row) => traceIds[row] as string),
      {
        from: rows.reduce((min, row) => smaller(min, firsts[row] as bigint), LAST_TIME),
        to: rows.reduce((max, row) => larger(max, lasts[row] as bigint), -LAST_TIME),
      },
    );
  }

  /** Traces of which spans were seen in a range. */
  async #evaluate(traceIds: readonly string[], { from, to }: TimeWindow): Promise<void> {
    const { projects, signal } = this.#query;
    const summaries = await evaluateTraces(this.#reader, {
      projects,
      filter: this.#remaining,
      traceIds,
      where: { known: 'seen', from, to },
      deadline: this.#deadline,
      signal,
    });
    // Another statement may have found some of them meanwhile.
    const unseen = summaries.filter(({ traceId }) => !this.#seen.has(traceId));
    for (const id of traceIds) this.#seen.add(id);
    this.#found.push(...unseen.filter((summary) => this.#isWanted(summary)));
  }

  #isWanted({ startUnixNano, traceId }: TraceSummary): boolean {
    if (startUnixNano < this.#query.startUnixNano || startUnixNano > this.#query.endUnixNano) return false;
    if (this.#afterStart === null) return true;
    const order = compare(startUnixNano, this.#afterStart) || compare(traceId, this.#afterId);
    return this.#descending ? order < 0 : order > 0;
  }
}

interface Walk {
  readonly data: StoredData;
  /** How far beyond the range spans of its traces are looked for. */
  readonly lookAhead: bigint;
}

type KnownOfWindow = Pick<TracesAsked, 'all' | 'data'>;

/** Traces of a window were found: all in it, or all that start after a time. */
type Found = Pick<TracesInWindow, 'after'>;

const compare = <Value extends bigint | string>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);
