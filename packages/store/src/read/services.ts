import type { Filter } from '@utxoiq/model';
import { Deadline } from './limits.ts';
import type { OperationStats, ServiceStats, TimeRangeQuery } from './queries.ts';
import type { Reader } from './reader.ts';
import { type RedGroup, redGroups } from './red-groups.ts';
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
): Promise<readonly RedGroup[]> {
  const params = new SqlParameters();
  const source = await redSource(reader, { ...query, filter }, params);
  const deadline = new Deadline(reader.limits);
  const groups = await redGroups(reader, { source, columns, params, deadline, signal: query.signal });
  return [...groups].sort((a, b) => b.stats.count - a.stats.count);
}
