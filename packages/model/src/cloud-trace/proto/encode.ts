import { wireTypeOf } from './decode.ts';
import type {
  AnyMessageType,
  AnyValue,
  Field,
  Fields,
  Kind,
  MessageOf,
  MessageType,
} from './message-type.ts';
import { WireType, WireWriter } from './wire.ts';

/** Protobuf bytes; what holds its empty value is left out, as proto3 has it. */
export function encodeMessage<F extends Fields>(
  type: MessageType<F>,
  value: MessageOf<MessageType<F>>,
): Uint8Array {
  const writer = new WireWriter();
  writeMessage(writer, type, value);
  return writer.finish();
}

function writeMessage(writer: WireWriter, type: AnyMessageType, message: object): void {
  for (const [name, field] of Object.entries(type.fields)) {
    writeField(writer, field, (message as Record<string, unknown>)[name]);
  }
}

function writeField(writer: WireWriter, field: Field<unknown>, value: unknown): void {
  const { number, kind } = field;
  if (field.label === 'map') {
    for (const [key, entry] of value as Map<string, unknown>) {
      writer.tag(number, WireType.bytes);
      writer.delimited(() => {
        writer.tag(1, WireType.bytes);
        writer.string(key);
        writeValue(writer, 2, kind, entry);
      });
    }
  } else if (field.label === 'many') {
    for (const item of value as unknown[]) writeValue(writer, number, kind, item);
  } else if (value !== null && (field.oneof !== null || !isDefault(kind, value))) {
    writeValue(writer, number, kind, value);
  }
}

/** proto3 leaves these out; a message, a timestamp or a wrapper that is there is written, whatever it holds. */
export function isDefault(kind: Kind, value: unknown): boolean {
  if (kind.type !== 'scalar' && kind.type !== 'enum') return false;
  return value === '' || value === 0 || value === 0n || value === false;
}

function writeValue(writer: WireWriter, number: number, kind: Kind, value: unknown): void {
  writer.tag(number, wireTypeOf(kind));
  switch (kind.type) {
    case 'message':
      writer.delimited(() => writeMessage(writer, kind.message, value as object));
      return;
    case 'timestamp':
      writer.delimited(() => writeTimestamp(writer, value as bigint));
      return;
    case 'wrapper':
      writer.delimited(() => {
        writer.tag(1, WireType.varint);
        writer.varint(Number(value));
      });
      return;
    case 'any':
      writer.delimited(() => writeAny(writer, value as AnyValue));
      return;
    case 'enum':
      writer.varint(value as number);
      return;
    case 'scalar':
      if (kind.scalar === 'string') writer.string(value as string);
      else if (kind.scalar === 'fixed64') writer.fixed64(value as bigint);
      else writer.varint(kind.scalar === 'bool' ? Number(value) : (value as number | bigint));
  }
}

function writeTimestamp(writer: WireWriter, nanos: bigint): void {
  const billion = 1_000_000_000n;
  const fraction = ((nanos % billion) + billion) % billion;
  const seconds = (nanos - fraction) / billion;
  for (const [field, value] of [
    [1, seconds],
    [2, fraction],
  ] as const) {
    if (value === 0n) continue;
    writer.tag(field, WireType.varint);
    writer.varint(value);
  }
}

function writeAny(writer: WireWriter, value: AnyValue): void {
  writer.tag(1, WireType.bytes);
  writer.string(value.typeUrl);
  writer.tag(2, WireType.bytes);
  writer.bytes(value.bytes ?? new Uint8Array(0));
}
