import type { TraceOrder, TraceSummary } from '@utxoiq/model';
import { PARENTLESS } from '../filter/span-condition.ts';
import { evaluateTraces, LOOK_AROUND_NANOS } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import { matchingTraces } from './list-by-rollup.ts';
import { numericKey, type PageKey } from './page-token.ts';
import { type FoundTraces, limitReached } from './partial.ts';
import type { ListTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { nearBuckets } from './rollup-buckets.ts';
import { hex } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';

type RootQuery = ListTracesQuery & { readonly orderBy: TraceOrder };

/** Candidates of one statement, where a filter has yet to sort them out. */
const MAX_CANDIDATES_PER_STEP = 400;

/** The duration by which Cloud Trace's API orders a trace: its root's. */
export function rootDuration({ root, startUnixNano, endUnixNano }: TraceSummary): bigint {
  const { startUnixNano: start, endUnixNano: end } = root ?? { startUnixNano, endUnixNano };
  return end - start;
}

/**
 * Traces by their root's duration, as Cloud Trace's API orders them: candidates are root spans (and traces that seem
 * to have none), in order, each evaluated over its whole trace. One whose root turns out to be another is left for
 * where that one stands.
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
  readonly #seen = new Set<string>();
  #after: PageKey | null;

  constructor(reader: Reader, query: RootQuery, after: PageKey | null, deadline: Deadline) {
    this.#reader = reader;
    this.#query = query;
    this.#deadline = deadline;
    this.#after = after;
  }

  async run(): Promise<void> {
    while (this.found.length <= this.#query.pageSize) {
      const candidates = await this.#candidates();
      await this.#evaluate(candidates);
      this.#after = candidates.at(-1) ?? this.#after;
      if (candidates.length < this.#step()) return;
    }
  }

  #step(): number {
    const { filter, pageSize } = this.#query;
    return filter === null ? pageSize + 1 : Math.min(MAX_CANDIDATES_PER_STEP, pageSize * 2 + 20);
  }

  async #candidates(): Promise<readonly PageKey[]> {
    const { projects, startUnixNano, endUnixNano, orderBy, signal } = this.#query;
    const params = new SqlParameters();
    // A trace begins in the range; its root may be later.
    const range = { from: startUnixNano, to: endUnixNano + 1n + LOOK_AROUND_NANOS };
    const inRange = (sql: string) =>
      `${sql} >= ${params.time(range.from)} AND ${sql} < ${params.time(range.to)}`;
    const isDescending = orderBy.endsWith('desc');
    const direction = isDescending ? 'DESC' : 'ASC';
    const after = this.#after;
    const beyond =
      after === null
        ? ''
        : `AND (sort_key, trace_id) ${isDescending ? '<' : '>'} (${params.int64(numericKey(after))}, ${params.bytes(after.id)})`;
    const sql = `
SELECT trace_id, sort_key
FROM (
  SELECT trace_id, argMin(duration, (start, span_id)) AS sort_key
  FROM spans
  WHERE ${visible(projects, params)} AND ${inRange('start')} AND ${PARENTLESS}
  GROUP BY trace_id
  UNION ALL
  SELECT trace_id, toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start)) AS sort_key
  FROM traces
  WHERE ${visible(projects, params)}
    AND ${nearBuckets(range, params)}
  GROUP BY trace_id
  HAVING max(root_name) = '' AND ${inRange('min(start)')}
)
WHERE ${await matchingTraces(this.#reader, this.#query, params)} ${beyond}
ORDER BY sort_key ${direction}, trace_id ${direction}
LIMIT ${this.#step()}`;
    const result = await select(this.#reader, { sql, params, deadline: this.#deadline, signal });
    const keys = result.column<BigInt64Array>('sort_key');
    return Array.from(result.column<ArrayLike<Uint8Array>>('trace_id'), (id, row) => ({
      sortKey: String(keys[row]),
      id: hex(id),
    }));
  }

  async #evaluate(candidates: readonly PageKey[]): Promise<void> {
    const { projects, filter, signal } = this.#query;
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
      if (rootDuration(summary).toString() !== sortKey) continue;
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
