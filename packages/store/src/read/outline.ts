import type { TraceOutline } from '@utxoiq/model';
import { DEFAULT_MAX_SPANS } from './get-trace.ts';
import { Deadline } from './limits.ts';
import type { TraceQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SPAN_ORDER, unsigned } from './span-rows.ts';
import { SqlParameters } from './sql-parameters.ts';

/** A trace's skeleton in columns, straight from the engine's; null if none of its spans may be seen. */
export async function outline(reader: Reader, query: TraceQuery): Promise<TraceOutline | null> {
  const { projects, traceId, maxSpans = DEFAULT_MAX_SPANS, signal } = query;
  const params = new SqlParameters();
  const sql = `
SELECT
  project,
  byteSwap(reinterpretAsUInt64(span_id)) AS id,
  byteSwap(reinterpretAsUInt64(parent_span_id)) AS parent,
  start,
  duration,
  name,
  service,
  toUInt8(bitOr(bitOr(least(kind, 7), bitShiftLeft(least(status_code, 3), 3)),
    bitOr(if(notEmpty(events_time), 32, 0), if(notEmpty(links_trace_id), 64, 0)))) AS flags
FROM spans
WHERE trace_id = ${params.bytes(traceId)} AND ${visible(projects, params)}
ORDER BY ${SPAN_ORDER}
LIMIT 1 BY span_id, start, duration, name
LIMIT ${maxSpans}`;
  const result = await select(reader, { sql, params, deadline: new Deadline(reader.limits), signal });
  if (result.rows === 0) return null;
  const starts = result.column<BigInt64Array>('start');
  const first = starts[0] as bigint;
  const names = indexed(result.column('name'));
  const services = indexed(result.column('service'));
  return {
    traceId,
    projectId: result.column('project')[0] as string,
    startUnixNano: unsigned(first),
    size: result.rows,
    spanIds: result.column<BigUint64Array>('id'),
    parentSpanIds: result.column<BigUint64Array>('parent'),
    startNanos: Float64Array.from(starts, (start) => Number(start - first)),
    durationNanos: Float64Array.from(result.column<BigInt64Array>('duration'), Number),
    nameIndexes: names.indexes,
    names: names.values,
    serviceIndexes: services.indexes,
    services: services.values,
    flags: result.column<Uint8Array>('flags'),
  };
}

/** A column of repeated texts as its distinct texts and an index per row. */
function indexed(column: ArrayLike<string>): { readonly indexes: Uint32Array; readonly values: string[] } {
  const known = new Map<string, number>();
  const indexes = new Uint32Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const text = column[row] as string;
    let index = known.get(text);
    if (index === undefined) {
      index = known.size;
      known.set(text, index);
    }
    indexes[row] = index;
  }
  return { indexes, values: [...known.keys()] };
}
