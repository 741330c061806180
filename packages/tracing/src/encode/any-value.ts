import type { ProtoWriter } from './proto-writer.ts';

/** `AnyValue` of opentelemetry-proto common.proto: the oneof's tags. */
const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const DOUBLE = 0x21;
const ARRAY = 0x2a;
const KVLIST = 0x32;
const BYTES = 0x3a;
const REPEATED = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;

/** A `KeyValue`, without the tag of the field it stands in. */
export function writeKeyValue(out: ProtoWriter, key: string, value: unknown): void {
  const start = out.open();
  out.byte(KEY);
  out.string(key);
  out.byte(VALUE);
  writeAnyValue(out, value);
  out.close(start);
}

/** A cleaned attribute value, with its length. Integers are int64, other numbers doubles, null is empty. */
export function writeAnyValue(out: ProtoWriter, value: unknown): void {
  const start = out.open();
  switch (typeof value) {
    case 'string':
      out.byte(STRING);
      out.string(value);
      break;
    case 'number':
      writeNumber(out, value);
      break;
    case 'boolean':
      out.byte(BOOL);
      out.byte(value ? 1 : 0);
      break;
    case 'bigint':
      out.byte(INT);
      out.bigint64(value);
      break;
    case 'object':
      if (value !== null) writeObject(out, value);
      break;
  }
  out.close(start);
}

function writeNumber(out: ProtoWriter, value: number): void {
  if (Number.isSafeInteger(value)) {
    out.byte(INT);
    out.int64(value);
  } else {
    out.byte(DOUBLE);
    out.double(value);
  }
}

function writeObject(out: ProtoWriter, value: object): void {
  if (value instanceof Uint8Array) {
    out.byte(BYTES);
    out.varint(value.length);
    out.raw(value);
    return;
  }
  out.byte(Array.isArray(value) ? ARRAY : KVLIST);
  const start = out.open();
  if (Array.isArray(value)) writeItems(out, value);
  else writeEntries(out, value);
  out.close(start);
}

function writeItems(out: ProtoWriter, values: readonly unknown[]): void {
  for (const item of values) {
    out.byte(REPEATED);
    writeAnyValue(out, item);
  }
}

function writeEntries(out: ProtoWriter, value: object): void {
  for (const [key, item] of Object.entries(value)) {
    out.byte(REPEATED);
    writeKeyValue(out, key, item);
  }
}
