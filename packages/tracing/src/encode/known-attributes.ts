import { type ProtoWriter, varintLength } from './proto-writer.ts';
import { ATTRIBUTES } from './span-encoder.ts';

/** A key as it stands in a `KeyValue`: tag, length, text. Keys are shorter than 128 bytes. */
export function keyBytes(key: string): Uint8Array {
  return Uint8Array.from([0x0a, key.length, ...Buffer.from(key)]);
}

/** A string attribute in up to three parts, which are not joined first; lengths are known beforehand. */
export function writeText(out: ProtoWriter, key: Uint8Array, a: string, b: string, c: string): void {
  const start = out.position;
  const length = a.length + b.length + c.length;
  const value = 1 + varintLength(length) + length;
  out.reserve(length + key.length);
  out.byte(ATTRIBUTES);
  out.varint(key.length + 1 + varintLength(value) + value);
  out.raw(key);
  out.byte(0x12);
  out.varint(value);
  out.byte(0x0a);
  out.varint(length);
  if (out.ascii(a) && out.ascii(b) && out.ascii(c)) return;
  out.position = start;
  writeWideText(out, key, a + b + c);
}

function writeWideText(out: ProtoWriter, key: Uint8Array, text: string): void {
  out.byte(ATTRIBUTES);
  const pair = out.open();
  out.raw(key);
  out.byte(0x12);
  const value = out.open();
  out.byte(0x0a);
  out.string(text);
  out.close(value);
  out.close(pair);
}

const TRACE_ID_BYTES = 16;
const TRACE_ID_DIGITS = 32;

/** A string attribute that is the trace id whose bytes stand at `traceIdAt`. */
export function writeTraceIdText(out: ProtoWriter, key: Uint8Array, traceIdAt: number): void {
  out.reserve(key.length + TRACE_ID_DIGITS);
  out.byte(ATTRIBUTES);
  out.byte(key.length + TRACE_ID_DIGITS + 4);
  out.raw(key);
  out.byte(0x12);
  out.byte(TRACE_ID_DIGITS + 2);
  out.byte(0x0a);
  out.byte(TRACE_ID_DIGITS);
  out.hexDigitsOf(traceIdAt, TRACE_ID_BYTES);
}

/** An integer attribute, of a value from 0 to 2^31. */
export function writeInt(out: ProtoWriter, key: Uint8Array, number: number): void {
  const value = 1 + varintLength(number);
  out.byte(ATTRIBUTES);
  out.varint(key.length + 2 + value);
  out.raw(key);
  out.byte(0x12);
  out.byte(value);
  out.byte(0x18);
  out.varint(number);
}
