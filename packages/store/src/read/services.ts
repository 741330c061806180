import type { Filter } from '@utxoiq/model';
import { LatencySteps } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { OperationStats, RedStats, ServiceStats, TimeRangeQuery } from './queries.ts';
import { type Reader, select } from './reader.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';

export interface OperationsQuery extends TimeRangeQuery {
  readonly service?: string;
}

/** Services with spans in the range, most spans first. */
export async function services(reader: Reader, query: TimeRangeQuery): Promise<readonly ServiceStats[]> {
  const groups = await redBy(reader, query, ['service'], null);
  return groups.map(({ key: [service], stats }) => ({ service: service as string, ...stats }));
}

/** Operations (span name and kind) of one or all services, most spans first. */
export async function operations(reader: Reader, query: OperationsQuery): Promise<readonly OperationStats[]> {
  const { service } = query;
  const filter: Filter | null =
    service === undefined ? null : { type: 'field', scope: 'any', field: 'service', op: '=', value: service };
  const groups = await redBy(reader, query, ['service', 'name', 'kind'], filter);
  return groups.map(({ key: [name, operation, kind], stats }) => ({
    service: name as string,
    operation: operation as string,
    kind: kind as number,
    ...stats,
  }));
}

async function redBy(
  reader: Reader,
  query: TimeRangeQuery,
  columns: readonly string[],
  filter: Filter | null,
): Promise<readonly { readonly key: readonly unknown[]; readonly stats: RedStats }[]> {
  const params = new SqlParameters();
  const keys = columns.join(', ');
  const sql = `
SELECT ${keys}, step, sum(spans) AS spans, sum(failed) AS failed
FROM ${await redSource(reader, { ...query, filter }, params)}
GROUP BY ${keys}, step`;
  const result = await select(reader, {
    sql,
    params,
    deadline: new Deadline(reader.limits),
    signal: query.signal,
    onTimeout: 'break',
  });
  const values = columns.map((column) => result.column<ArrayLike<unknown>>(column));
  const step = result.column<Uint16Array>('step');
  const spans = result.column<BigUint64Array>('spans');
  const failed = result.column<BigUint64Array>('failed');
  const groups = new Map<string, { key: readonly unknown[]; steps: LatencySteps }>();
  for (let row = 0; row < result.rows; row++) {
    const key = values.map((column) => column[row]);
    const id = JSON.stringify(key);
    let group = groups.get(id);
    if (group === undefined) {
      group = { key, steps: new LatencySteps() };
      groups.set(id, group);
    }
    group.steps.add(step[row] as number, Number(spans[row]), Number(failed[row]));
  }
  return Array.from(groups.values(), ({ key, steps }) => ({ key, stats: steps.stats() })).sort(
    (a, b) => b.stats.count - a.stats.count,
  );
}
