import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 2048;
const INVALID_SPAN_ID = '0000000000000000';
const INVALID_TRACE_ID = '00000000000000000000000000000000';

const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
let hex = '';
let offset = 0;

/** Random ids are cut from a pool: one system call and one hex conversion serve about 170 spans. */
function take(length: number): string {
  if (offset + length > hex.length) {
    randomFillSync(pool);
    hex = pool.toString('hex');
    offset = 0;
  }
  const id = hex.slice(offset, offset + length);
  offset += length;
  return id;
}

export function newSpanId(): string {
  const id = take(16);
  return id === INVALID_SPAN_ID ? newSpanId() : id;
}

export function newTraceId(): string {
  const id = take(32);
  return id === INVALID_TRACE_ID ? newTraceId() : id;
}
