import type { Filter } from '@utxoiq/model';
import { Deadline } from './limits.ts';
import type { OperationStats, ServiceStats, TimeRangeQuery } from './queries.ts';
import type { Reader } from './reader.ts';
import { type RedGroup, redGroups } from './red-groups.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';

export interface ServicesQuery extends TimeRangeQuery {
  readonly filter?: Filter | null;
}
export interface OperationsQuery extends ServicesQuery {
  readonly service?: string;
}

/** Services with spans in the range, most spans first. */
export async function services(reader: Reader, query: ServicesQuery): Promise<readonly ServiceStats[]> {
  const groups = await redBy(reader, query, ['service']);
  return groups.map(({ key: [service], stats }) => ({ service: service as string, ...stats }));
}

/** Operations (span name and kind) of one or all services, most spans first. */
export async function operations(reader: Reader, query: OperationsQuery): Promise<readonly OperationStats[]> {
  const { service, filter = null } = query;
  const ofService: Filter[] =
    service === undefined ? [] : [{ type: 'field', scope: 'any', field: 'service', op: '=', value: service }];
  const terms = [...ofService, ...(filter === null ? [] : [filter])];
  const [only = null] = terms;
  const wanted = terms.length < 2 ? only : ({ type: 'and', terms } as const);
  const groups = await redBy(reader, { ...query, filter: wanted }, ['service', 'name', 'kind']);
  return groups.map(({ key: [name, operation, kind], stats }) => ({
    service: name as string,
    operation: operation as string,
    kind: kind as number,
    ...stats,
  }));
}

async function redBy(
  reader: Reader,
  query: ServicesQuery,
  columns: readonly string[],
): Promise<readonly RedGroup[]> {
  const params = new SqlParameters();
  const source = await redSource(reader, query, params);
  const deadline = new Deadline(reader.limits);
  const groups = await redGroups(reader, { source, columns, params, deadline, signal: query.signal });
  return [...groups].sort((a, b) => b.stats.count - a.stats.count);
}
