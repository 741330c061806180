import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TraceOutline } from '@utxoiq/model';
import { DEFAULT_MAX_SPANS } from './get-trace.ts';
import { Deadline } from './limits.ts';
import type { TraceQuery } from './queries.ts';
import { allOf, type Reader, select, visible } from './reader.ts';
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
    bitOr(if(JSONHas(details, 'events'), 32, 0), if(JSONHas(details, 'links'), 64, 0)))) AS flags
FROM spans
PREWHERE ${allOf(`trace_id = ${params.bytes(traceId)}`, visible(projects, params))}
ORDER BY ${SPAN_ORDER}
LIMIT 1 BY span_id, start, duration, name
LIMIT ${maxSpans}`;
  const result = await select(reader, { sql, params, deadline: new Deadline(reader.limits), signal });
  if (result.rows === 0) return null;
  const starts = result.column<BigInt64Array>('start');
  const first = starts[0] as bigint;
  // A million spans keep the event loop for 0.2 s; in steps, others are answered between two of them.
  const step = async <T>(work: () => T): Promise<T> => {
    if (result.rows > LARGE) await nextTurn();
    return work();
  };
  const names = await step(() => result.dictionary('name'));
  const services = await step(() => result.dictionary('service'));
  const ofProjects = await step(() => result.dictionary('project'));
  return {
    traceId,
    projectId: ofProjects.values[0] as string,
    startUnixNano: unsigned(first),
    size: result.rows,
    spanIds: await step(() => result.column<BigUint64Array>('id')),
    parentSpanIds: await step(() => result.column<BigUint64Array>('parent')),
    startNanos: await step(() => nanosAfter(starts, first)),
    durationNanos: await step(() => nanosAfter(result.column<BigInt64Array>('duration'), 0n)),
    nameIndexes: names.indexes,
    names: names.values,
    serviceIndexes: services.indexes,
    services: services.values,
    flags: result.column<Uint8Array>('flags'),
  };
}

/** Spans from which on an outline is put together in steps. */
const LARGE = 100_000;

/**
 * Differences as numbers, by halves: as bigints they take five times as long. None is below zero: a span that ends
 * before it starts has no duration.
 */
function nanosAfter(nanos: BigInt64Array, base: bigint): Float64Array {
  const halves = new Uint32Array(nanos.buffer, nanos.byteOffset, nanos.length * 2);
  const low = Number(base & 0xffff_ffffn);
  const high = Number(base >> 32n);
  const after = new Float64Array(nanos.length);
  for (let row = 0; row < after.length; row++) {
    const [rowLow, rowHigh] = [halves[row * 2] as number, halves[row * 2 + 1] as number];
    after[row] = Math.max(0, ((rowHigh | 0) - high) * 0x1_0000_0000 + (rowLow - low));
  }
  return after;
}
