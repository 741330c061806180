import {
  type AnyMessageType,
  type AnyValue,
  emptyMessage,
  emptyOf,
  type Field,
  type Fields,
  type Kind,
  type MessageOf,
  type MessageType,
} from './message-type.ts';
import { WireError, WireReader, WireType } from './wire.ts';

type Decoded = Record<string, unknown>;
type ReadValue = (reader: WireReader, before: unknown) => unknown;

interface Slot {
  readonly name: string;
  readonly label: Field<unknown>['label'];
  readonly wireType: number;
  readonly oneofNames: readonly string[];
  readonly read: ReadValue;
  /** A map's value where its entry has none. */
  readonly emptyValue: () => unknown;
}
/** A message's table, made once: a slot per field number. */
interface Decoder {
  readonly slots: readonly (Slot | undefined)[];
  readonly empty: () => Decoded;
}

const decoders = new WeakMap<AnyMessageType, Decoder>();

/** @throws WireError for bytes that are no protobuf message; unknown fields are skipped. */
export function decodeMessage<F extends Fields>(
  type: MessageType<F>,
  bytes: Uint8Array,
): MessageOf<MessageType<F>> {
  return readMessage(decoderOf(type), new WireReader(bytes)) as MessageOf<MessageType<F>>;
}

function readMessage(decoder: Decoder, reader: WireReader, into = decoder.empty()): Decoded {
  while (reader.at < reader.end) {
    const tag = reader.varint32();
    const slot = decoder.slots[tag >>> 3];
    if (tag >>> 3 === 0) throw new WireError('field number 0', reader.at);
    if (slot === undefined || slot.wireType !== (tag & 7)) reader.skip(tag & 7);
    else readSlot(slot, reader, into);
  }
  return into;
}

function readSlot(slot: Slot, reader: WireReader, into: Decoded): void {
  switch (slot.label) {
    case 'many':
      (into[slot.name] as unknown[]).push(slot.read(reader, null));
      return;
    case 'map':
      readEntry(slot, reader, into[slot.name] as Map<string, unknown>);
      return;
    default:
      for (const other of slot.oneofNames) into[other] = null;
      into[slot.name] = slot.read(reader, into[slot.name]);
  }
}

function readEntry(slot: Slot, reader: WireReader, into: Map<string, unknown>): void {
  let key = '';
  let value: unknown;
  const end = reader.delimited();
  const outer = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint32();
    if (tag === 10) key = reader.string();
    else if (tag >>> 3 === 2) value = slot.read(reader, null);
    else reader.skip(tag & 7);
  }
  reader.end = outer;
  into.set(key, value ?? slot.emptyValue());
}

function within(reader: WireReader, read: () => void): void {
  const end = reader.delimited();
  const outer = reader.end;
  reader.end = end;
  read();
  reader.end = outer;
}

function decoderOf(type: AnyMessageType): Decoder {
  const known = decoders.get(type);
  if (known !== undefined) return known;
  const slots: Slot[] = [];
  const names = Object.entries(type.fields);
  for (const [name, field] of names) {
    const oneofNames = names
      .filter(([other, { oneof }]) => oneof !== null && oneof === field.oneof && other !== name)
      .map(([other]) => other);
    slots[field.number] = {
      name,
      label: field.label,
      wireType: field.label === 'map' ? WireType.bytes : wireTypeOf(field.kind),
      oneofNames,
      read: readerOf(field.kind),
      emptyValue: () =>
        field.kind.type === 'message' ? emptyMessage(field.kind.message) : emptyOf(field.kind),
    };
  }
  const decoder = { slots, empty: emptyMaker(type) };
  decoders.set(type, decoder);
  return decoder;
}

/** Copies a template, so that all messages of a type have one shape; only lists and maps are made anew. */
function emptyMaker(type: AnyMessageType): () => Decoded {
  const template = emptyMessage(type) as Decoded;
  const lists = Object.keys(template).filter((name) => Array.isArray(template[name]));
  const maps = Object.keys(template).filter((name) => template[name] instanceof Map);
  if (lists.length + maps.length === 0) return () => ({ ...template });
  return () => {
    const message = { ...template };
    for (const name of lists) message[name] = [];
    for (const name of maps) message[name] = new Map();
    return message;
  };
}

export function wireTypeOf(kind: Kind): number {
  if (kind.type === 'enum') return WireType.varint;
  if (kind.type !== 'scalar' || kind.scalar === 'string') return WireType.bytes;
  return kind.scalar === 'fixed64' ? WireType.fixed64 : WireType.varint;
}

function readerOf(kind: Kind): ReadValue {
  switch (kind.type) {
    case 'enum':
      return (reader) => reader.varint32();
    case 'timestamp':
      return readTimestamp;
    case 'wrapper':
      return (reader) => readWrapper(reader, kind.scalar);
    case 'any':
      return readAny;
    case 'message': {
      const decoder = decoderOf(kind.message);
      return (reader, before) => {
        const end = reader.delimited();
        const outer = reader.end;
        reader.end = end;
        const value = readMessage(decoder, reader, (before ?? decoder.empty()) as Decoded);
        reader.end = outer;
        return value;
      };
    }
    case 'scalar':
      return readScalar(kind.scalar);
  }
}

function readScalar(scalar: 'string' | 'int32' | 'int64' | 'fixed64' | 'bool'): ReadValue {
  switch (scalar) {
    case 'string':
      return (reader) => reader.string();
    case 'int32':
      return (reader) => reader.varint32();
    case 'int64':
      return (reader) => reader.int64();
    case 'fixed64':
      return (reader) => reader.fixed64();
    case 'bool':
      return (reader) => reader.int64() !== 0n;
  }
}

const BILLION = 1_000_000_000n;

function readTimestamp(reader: WireReader): bigint {
  let seconds = 0;
  let nanos = 0;
  const end = reader.delimited();
  const outer = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint32();
    if (tag === 8) seconds = reader.varintNumber();
    else if (tag === 16) nanos = reader.varint32();
    else reader.skip(tag & 7);
  }
  reader.end = outer;
  return BigInt(seconds) * BILLION + BigInt(nanos);
}

function readWrapper(reader: WireReader, scalar: 'bool' | 'int32'): boolean | number {
  let value = emptyOf({ type: 'scalar', scalar }) as boolean | number;
  within(reader, () => {
    while (reader.at < reader.end) {
      const tag = reader.varint32();
      if (tag !== 8) reader.skip(tag & 7);
      else value = scalar === 'bool' ? reader.int64() !== 0n : reader.varint32();
    }
  });
  return value;
}

function readAny(reader: WireReader): AnyValue {
  let typeUrl = '';
  let bytes: Uint8Array = new Uint8Array(0);
  within(reader, () => {
    while (reader.at < reader.end) {
      const tag = reader.varint32();
      if (tag === 10) typeUrl = reader.string();
      else if (tag === 18) {
        const end = reader.delimited();
        bytes = reader.bytes.slice(reader.at, end);
        reader.at = end;
      } else reader.skip(tag & 7);
    }
  });
  return { typeUrl, bytes, json: null };
}
