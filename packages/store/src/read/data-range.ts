import type { Deadline } from './limits.ts';
import { type Reader, select } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeWindow } from './time-windows.ts';

// Answered from the parts' metadata, without reading data.
const DATA_RANGE = 'SELECT count() AS spans, min(start) AS first, max(start) AS last FROM spans';

/** The part of a range (inclusive) in which spans exist at all; null if there are none. */
export async function dataRange(
  reader: Reader,
  range: { readonly startUnixNano: bigint; readonly endUnixNano: bigint },
  deadline: Deadline,
  signal?: AbortSignal,
): Promise<TimeWindow | null> {
  const result = await select(reader, { sql: DATA_RANGE, params: new SqlParameters(), deadline, signal });
  if (result.column<BigUint64Array>('spans')[0] === 0n) return null;
  const first = result.column<BigInt64Array>('first')[0] as bigint;
  const last = result.column<BigInt64Array>('last')[0] as bigint;
  const from = range.startUnixNano > first ? range.startUnixNano : first;
  const to = (range.endUnixNano < last ? range.endUnixNano : last) + 1n;
  return from < to ? { from, to } : null;
}
