import type { Filter, TraceOrder, TraceSummary } from '@utxoiq/model';
import { PARENTLESS, spanCondition } from '../filter/span-condition.ts';
import { evaluateTraces } from './evaluate-traces.ts';
import type { Deadline } from './limits.ts';
import { COMMON_SHARE, durationLimits, ID_NUMBER, matchingTraces, termsOf } from './list-by-rollup.ts';
import { LOOK_AROUND_NANOS, nearBuckets } from './look-around.ts';
import { numericKey, type PageKey } from './page-token.ts';
import { type FoundTraces, limitReached } from './partial.ts';
import type { ListTracesQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';

type RootQuery = ListTracesQuery & { readonly orderBy: TraceOrder };

/** Traces that are evaluated at a time, where a filter has yet to sort them out. */
const MAX_TRACES_PER_SLICE = 400;

/** A candidate costs little beside the statement that finds it. */
const MAX_CANDIDATES_PER_STEP = 25_600;

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

/** What the filter asks of a candidate's own row: what it asks of the root, and that the trace is no longer than so. */
function rootTerms(filter: Filter | null): Filter {
  const ofRow = termsOf(filter).filter((term) =>
    term.type === 'trace-duration' ? term.op.startsWith('<') : 'scope' in term && term.scope === 'root',
  );
  return { type: 'and', terms: ofRow };
}

class RootWalk {
  readonly found: TraceSummary[] = [];
  readonly #reader: Reader;
  readonly #query: RootQuery;
  readonly #deadline: Deadline;
  readonly #evaluated = new Set<string>();
  /** Of traces that satisfy the filter and whose root did not come yet. */
  readonly #summaries = new Map<string, TraceSummary>();
  #isRare = false;
  #after: PageKey | null;

  constructor(reader: Reader, query: RootQuery, after: PageKey | null, deadline: Deadline) {
    this.#reader = reader;
    this.#query = query;
    this.#deadline = deadline;
    this.#after = after;
  }

  async run(): Promise<void> {
    for (let step = this.#query.pageSize * 2 + 20; ; step *= 2) {
      const limit = Math.min(step, MAX_CANDIDATES_PER_STEP);
      const candidates = await this.#candidates(limit);
      const isDone = await this.#walk(candidates);
      if (isDone && (this.#isFull || candidates.length < limit)) return;
    }
  }

  get #isFull(): boolean {
    return this.found.length > this.#query.pageSize;
  }

  /** False if so few satisfied the filter that the others are better sorted out before. */
  async #walk(candidates: readonly PageKey[]): Promise<boolean> {
    for (let at = 0; at < candidates.length && !this.#isFull; ) {
      const slice = candidates.slice(at, at + this.#sliceLength());
      await this.#take(slice);
      at += slice.length;
      if (!this.#isRare && this.found.length < this.#evaluated.size * COMMON_SHARE) {
        this.#isRare = true;
        return false;
      }
    }
    return true;
  }

  /** What the page lacks, and some more that do not come into it; all that goes once that was not enough. */
  #sliceLength(): number {
    const isFirst = this.#evaluated.size === 0;
    return isFirst ? Math.min(MAX_TRACES_PER_SLICE, this.#query.pageSize + 20) : MAX_TRACES_PER_SLICE;
  }

  async #candidates(limit: number): Promise<readonly PageKey[]> {
    const { projects, startUnixNano, endUnixNano, orderBy, signal } = this.#query;
    const params = new SqlParameters();
    // A trace begins in the range; its root may be later.
    const range = { from: startUnixNano, to: endUnixNano + 1n + LOOK_AROUND_NANOS };
    const inRange = (sql: string) =>
      `${sql} >= ${params.time(range.from)} AND ${sql} < ${params.time(range.to)}`;
    const direction = orderBy.endsWith('desc') ? 'DESC' : 'ASC';
    const inOrder = `ORDER BY sort_key ${direction}, trace_id ${direction} LIMIT ${limit}`;
    const beyond = this.#beyond(params);
    const matching = this.#isRare ? await matchingTraces(this.#reader, this.#query, params) : '1';
    // The longest roots are in long traces anyway; of the shortest, few are.
    const limits = this.#isRare || orderBy === 'duration' ? durationLimits(this.#query, params) : '';
    const context = { params, keys: await this.#reader.keys.load() };
    const root = spanCondition(rootTerms(this.#query.filter), context);
    // Without a root, a trace has none in any of its rows: to look at those that have none is enough.
    const sql = `
SELECT trace_id, sort_key
FROM (
  SELECT trace_id, duration AS sort_key
  FROM spans
  WHERE ${visible(projects, params)} AND ${inRange('start')} AND ${PARENTLESS} AND ${root} AND ${beyond}
    AND ${matching} AND ${this.#isWithin(limits, params)}
  ${inOrder}
  UNION ALL
  SELECT trace_id, toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start)) AS sort_key
  FROM traces
  WHERE ${visible(projects, params)} AND ${nearBuckets(range, params)} AND root_name = '' AND ${matching}
  GROUP BY trace_id
  HAVING ${inRange('min(start)')} AND ${beyond}${limits}
  ${inOrder}
)
${inOrder}`;
    const result = await select(this.#reader, { sql, params, deadline: this.#deadline, signal });
    const keys = result.column<BigInt64Array>('sort_key');
    return Array.from(result.column('trace_id'), (id, row) => ({
      sortKey: String(keys[row]),
      id,
    }));
  }

  #isWithin(limits: string, params: SqlParameters): string {
    if (limits === '') return '1';
    const { projects, startUnixNano: from, endUnixNano: to } = this.#query;
    return `${ID_NUMBER} IN (
  SELECT ${ID_NUMBER} FROM traces
  WHERE ${visible(projects, params)} AND ${nearBuckets({ from, to }, params)}
  GROUP BY ${ID_NUMBER}
  HAVING 1${limits}
)`;
  }

  #beyond(params: SqlParameters): string {
    const after = this.#after;
    if (after === null) return '1';
    const comparison = this.#query.orderBy.endsWith('desc') ? '<' : '>';
    return `(sort_key, trace_id) ${comparison} (${params.int64(numericKey(after))}, ${params.bytes(after.id)})`;
  }

  /** Of a trace with several spans without parent all come as candidates; it stands where the first of them does. */
  async #take(candidates: readonly PageKey[]): Promise<void> {
    await this.#evaluate(new Set(candidates.map(({ id }) => id)).difference(this.#evaluated));
    for (const { id, sortKey } of candidates) {
      const summary = this.#summaries.get(id);
      if (summary === undefined || rootDuration(summary).toString() !== sortKey) continue;
      this.#summaries.delete(id);
      this.found.push(summary);
    }
    this.#after = candidates.at(-1) ?? this.#after;
  }

  async #evaluate(ids: ReadonlySet<string>): Promise<void> {
    const { projects, filter, signal } = this.#query;
    const extents = await this.#extents([...ids]);
    const traceIds = [...extents.keys()];
    const where = { known: 'extents', extents: [...extents.values()] } as const;
    const deadline = this.#deadline;
    const evaluation = { projects, filter, traceIds, where, deadline, signal };
    for (const summary of await evaluateTraces(this.#reader, evaluation)) {
      this.#summaries.set(summary.traceId, summary);
    }
    for (const id of ids) this.#evaluated.add(id);
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
      result.column('trace_id'),
      (id, row) => [id, [starts[row] as bigint, ends[row] as bigint]] as const,
    );
    return new Map(found);
  }
}
