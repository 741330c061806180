import type { ClickHouseSettings } from '@clickhouse/client';
import type { Connection } from '../clickhouse/connection.ts';
import { StoreError } from '../errors.ts';
import type { NativeResult } from '../native/native-reader.ts';
import type { DataRange } from './data-range.ts';
import type { ExpectedColumns } from './expected-columns.ts';
import type { KeyCatalogue } from './key-catalogue.ts';
import type { Deadline, QueryLimits } from './limits.ts';
import type { Projects } from './queries.ts';
import type { SqlParameters } from './sql-parameters.ts';
import type { TraceDensity } from './trace-density.ts';

/** What every query needs. */
export interface Reader {
  readonly connection: Connection;
  readonly limits: QueryLimits;
  readonly keys: KeyCatalogue;
  readonly data: DataRange;
  readonly density: TraceDensity;
  readonly columns: ExpectedColumns;
}

export interface Select {
  readonly sql: string;
  readonly params: SqlParameters;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
  /** Past the time limit: fail, or answer with what was read so far. Default `throw`. */
  readonly onTimeout?: 'throw' | 'break';
  /**
   * For plain statements that are asked often: ClickHouse's older analysis takes 2 of 20 ms less over all columns of
   * spans, and 0.6 of 9 for the newest traces.
   */
  readonly olderAnalysis?: boolean;
}

const SETTINGS: ClickHouseSettings = {
  // No table has any, and looking for them costs a small statement 4 to 8 %.
  optimize_use_projections: 0,
  // Small reads are of the same minutes again and again. Those of more than a million rows leave the cache alone.
  use_uncompressed_cache: 1,
  // Checking skip indexes while reading doubled the cost of reading one trace: bench/store/queries.ts
  use_skip_indexes_on_data_read: 0,
  precise_float_parsing: 1,
  // On a cluster a trace's rows share a shard, so subqueries ask that shard only.
  distributed_product_mode: 'local',
};

export async function select(
  reader: Reader,
  { sql, params, deadline, signal, onTimeout, olderAnalysis = false }: Select,
): Promise<NativeResult> {
  if (deadline.isOver) throw new StoreError('QUERY_TIMEOUT', 'the time for this query is over');
  return reader.connection.query({
    sql,
    params: params.values,
    settings: {
      ...SETTINGS,
      ...deadline.settings(),
      ...(onTimeout === 'break' && { timeout_overflow_mode: 'break' as const }),
      ...(olderAnalysis && { enable_analyzer: 0 as const }),
    },
    signal,
  });
}

/** All of them. Of a small statement's time, a `1` among its conditions is 3 %. */
export function allOf(...conditions: readonly string[]): string {
  const some = conditions.filter((condition) => condition !== '1');
  return some.length === 0 ? '1' : some.join(' AND ');
}

/** Condition on whose data may be read. */
export function visible(projects: Projects, params: SqlParameters): string {
  if (projects === 'all') return '1';
  if (projects.length === 0) return '0';
  return projects.length === 1 && projects[0] !== undefined
    ? `project = ${params.text(projects[0])}`
    : `project IN ${params.texts(projects)}`;
}
