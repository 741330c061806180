import type { TraceOrder, TraceSummary } from '@utxoiq/model';
import { PARENTLESS } from '../filter/span-condition.ts';
import { evaluateTraces, LOOK_AROUND_NANOS } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import { COMMON_SHARE, matchingTraces } from './list-by-rollup.ts';
import { numericKey, type PageKey } from './page-token.ts';
import { type FoundTraces, limitReached } from './partial.ts';
import type { ListTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { nearBuckets } from './rollup-buckets.ts';
import { hex } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';
import { type TimeWindow, timeWindows, windowGrowth } from './time-windows.ts';

type RootQuery = ListTracesQuery & { readonly orderBy: TraceOrder };

/** Candidates of one statement, where a filter has yet to sort them out. */
const MAX_CANDIDATES_PER_STEP = 400;

/** What sorts: of the root, the span without parent that starts first; of the trace where it has none. */
const SORT_KEYS = {
  start: { root: 'toUnixTimestamp64Nano(min(start))', trace: 'toUnixTimestamp64Nano(min(start))' },
  duration: {
    root: 'argMin(duration, (start, span_id))',
    trace: 'toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start))',
  },
} as const;

/** The value by which Cloud Trace's API orders a trace (`start`, `duration`). */
export function rootKey({ root, startUnixNano, endUnixNano }: TraceSummary, orderBy: TraceOrder): bigint {
  const { startUnixNano: start, endUnixNano: end } = root ?? { startUnixNano, endUnixNano };
  return orderBy.startsWith('start') ? start : end - start;
}

/**
 * Traces by their root's start or duration, as Cloud Trace's API orders them: candidates are root spans (and traces
 * that seem to have none), in order, each evaluated over its whole trace. One whose root turns out to be another is
 * left for where that one stands.
 */
export async function listByRoot(
  reader: Reader,
  query: RootQuery,
  after: PageKey | null,
  deadline: Deadline,
): Promise<FoundTraces> {
  const walk = new RootWalk(reader, query, after, deadline);
  try {
    await walk.run();
    return { traces: walk.found, partial: null };
  } catch (error) {
    return { traces: walk.found, partial: limitReached(error) };
  }
}

class RootWalk {
  readonly found: TraceSummary[] = [];
  readonly #reader: Reader;
  readonly #query: RootQuery;
  readonly #deadline: Deadline;
  readonly #isStart: boolean;
  readonly #descending: boolean;
  readonly #seen = new Set<string>();
  #after: PageKey | null;
  #examined = 0;

  constructor(reader: Reader, query: RootQuery, after: PageKey | null, deadline: Deadline) {
    this.#reader = reader;
    this.#query = query;
    this.#deadline = deadline;
    this.#isStart = query.orderBy.startsWith('start');
    this.#descending = query.orderBy.endsWith('desc');
    this.#after = after;
  }

  async run(): Promise<void> {
    for (const window of await this.#windows()) {
      for (let isLast = false; !isLast; ) {
        if (this.#isEnough()) return;
        const candidates = await this.#candidates(window);
        await this.#evaluate(candidates);
        this.#after = candidates.at(-1) ?? this.#after;
        this.#examined += candidates.length;
        isLast = candidates.length < this.#step();
      }
    }
  }

  #isEnough(): boolean {
    return this.found.length > this.#query.pageSize;
  }

  #step(): number {
    const { filter, pageSize } = this.#query;
    return filter === null ? pageSize + 1 : Math.min(MAX_CANDIDATES_PER_STEP, pageSize * 2 + 20);
  }

  /** By start, a window holds all that sorts into it; by duration, only the whole range does. */
  async #windows(): Promise<Iterable<TimeWindow>> {
    const { startUnixNano, endUnixNano, pageSize } = this.#query;
    // A trace begins in the range; its root may be later.
    const whole = { from: startUnixNano, to: endUnixNano + 1n + LOOK_AROUND_NANOS };
    const data = this.#isStart ? await this.#reader.data.about() : null;
    if (data === null) return [whole];
    const key = this.#after === null ? null : numericKey(this.#after);
    const rest = this.#descending
      ? { ...whole, to: key === null ? whole.to : key + 1n }
      : { ...whole, from: key ?? whole.from };
    const growth = () => windowGrowth(this.found.length, pageSize + 1);
    return timeWindows(rest, this.#descending ? 'backwards' : 'forwards', data, growth);
  }

  async #candidates({ from, to }: TimeWindow): Promise<readonly PageKey[]> {
    const { projects, signal } = this.#query;
    const params = new SqlParameters();
    const key = SORT_KEYS[this.#isStart ? 'start' : 'duration'];
    const inWindow = (sql: string) => `${sql} >= ${params.time(from)} AND ${sql} < ${params.time(to)}`;
    const direction = this.#descending ? 'DESC' : 'ASC';
    const after = this.#after;
    const beyond =
      after === null
        ? ''
        : `AND (sort_key, trace_id) ${this.#descending ? '<' : '>'} (${params.int64(numericKey(after))}, ${params.bytes(after.id)})`;
    const sql = `
SELECT trace_id, sort_key
FROM (
  SELECT trace_id, ${key.root} AS sort_key
  FROM spans
  WHERE ${visible(projects, params)} AND ${inWindow('start')} AND ${PARENTLESS}
  GROUP BY trace_id
  UNION ALL
  SELECT trace_id, ${key.trace} AS sort_key
  FROM traces
  WHERE ${visible(projects, params)}
    AND ${nearBuckets({ from, to }, params)}
  GROUP BY trace_id
  HAVING max(root_name) = '' AND ${inWindow('min(start)')}
)
WHERE ${await this.#matching({ from, to }, params)} ${beyond}
ORDER BY sort_key ${direction}, trace_id ${direction}
LIMIT ${this.#step()}`;
    const result = await select(this.#reader, { sql, params, deadline: this.#deadline, signal });
    const keys = result.column<BigInt64Array>('sort_key');
    return Array.from(result.column<ArrayLike<Uint8Array>>('trace_id'), (id, row) => ({
      sortKey: String(keys[row]),
      id: hex(id),
    }));
  }

  /** Where few of the candidates satisfy the filter, those that can are found first. */
  async #matching({ from, to }: TimeWindow, params: SqlParameters): Promise<string> {
    const isRare = this.#examined > 0 && this.found.length < this.#examined * COMMON_SHARE;
    if (!isRare) return '1';
    const window = { ...this.#query, startUnixNano: from, endUnixNano: to };
    return matchingTraces(this.#reader, window, params);
  }

  async #evaluate(candidates: readonly PageKey[]): Promise<void> {
    const { projects, filter, signal, orderBy } = this.#query;
    const extents = await this.#extents(candidates.map(({ id }) => id));
    const traceIds = [...extents.keys()];
    const where = { known: 'extents', extents: [...extents.values()] } as const;
    const deadline = this.#deadline;
    const evaluation = { projects, filter, traceIds, where, deadline, signal };
    const summaries = new Map(
      (await evaluateTraces(this.#reader, evaluation)).map((summary) => [summary.traceId, summary]),
    );
    for (const { id, sortKey } of candidates) {
      const summary = summaries.get(id);
      if (summary === undefined || this.#seen.has(id)) continue;
      if (rootKey(summary, orderBy).toString() !== sortKey) continue;
      this.#seen.add(id);
      this.found.push(summary);
    }
  }

  /** First start and last end of those that begin in the range. */
  async #extents(ids: readonly string[]): Promise<Map<string, readonly [bigint, bigint]>> {
    if (ids.length === 0) return new Map();
    const { projects, startUnixNano: from, endUnixNano: to, signal } = this.#query;
    const params = new SqlParameters();
    const sql = `
SELECT trace_id, min(start) AS first_start, max(end) AS last_end
FROM traces
WHERE ${visible(projects, params)}
  AND ${nearBuckets({ from, to }, params)}
  AND trace_id IN (${params.traceIds(ids)})
GROUP BY trace_id
HAVING first_start BETWEEN ${params.time(from)} AND ${params.time(to)}`;
    const result = await select(this.#reader, { sql, params, deadline: this.#deadline, signal });
    const starts = result.column<BigInt64Array>('first_start');
    const ends = result.column<BigInt64Array>('last_end');
    const found = Array.from(
      result.column<ArrayLike<Uint8Array>>('trace_id'),
      (id, row) => [hex(id), [starts[row] as bigint, ends[row] as bigint]] as const,
    );
    return new Map(found);
  }
}
