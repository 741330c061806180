import { encodeBase64 } from '../../encoding/base64.ts';
import { formatUnixNano } from '../../timestamp.ts';
import { isDefault } from './encode.ts';
import type {
  AnyMessageType,
  AnyValue,
  EnumType,
  Field,
  Fields,
  Kind,
  MessageOf,
  MessageType,
} from './message-type.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** A message in proto3 JSON. */
export type JsonObject = { [key: string]: Json };

export interface JsonEncodeOptions {
  /** `$alt=json;enum-encoding=int`: enums as numbers. */
  readonly enumsAsNumbers?: boolean;
}

/** A message as proto3 JSON: lowerCamelCase, enum names, 64-bit integers as strings, empty values left out. */
export function messageToJson<F extends Fields>(
  type: MessageType<F>,
  value: MessageOf<MessageType<F>>,
  options: JsonEncodeOptions = {},
): JsonObject {
  return encodeMessage(type, value, options);
}

function encodeMessage(type: AnyMessageType, message: object, options: JsonEncodeOptions): JsonObject {
  const json: JsonObject = {};
  for (const [name, field] of Object.entries(type.fields)) {
    const encoded = encodeField(field, (message as Record<string, unknown>)[name], options);
    if (encoded !== undefined) json[name] = encoded;
  }
  return json;
}

function encodeField(field: Field<unknown>, value: unknown, options: JsonEncodeOptions): Json | undefined {
  if (field.label === 'many') {
    const items = value as unknown[];
    return items.length === 0 ? undefined : items.map((item) => encodeValue(field.kind, item, options));
  }
  if (field.label === 'map') {
    const entries = [...(value as Map<string, unknown>)];
    if (entries.length === 0) return undefined;
    // fromEntries defines, it does not assign: a label may be called __proto__.
    return Object.fromEntries(entries.map(([key, item]) => [key, encodeValue(field.kind, item, options)]));
  }
  if (value === null || value === undefined) return undefined;
  if (field.oneof === null && isDefault(field.kind, value)) return undefined;
  return encodeValue(field.kind, value, options);
}

function encodeValue(kind: Kind, value: unknown, options: JsonEncodeOptions): Json {
  switch (kind.type) {
    case 'message':
      return encodeMessage(kind.message, value as object, options);
    case 'timestamp':
      return formatUnixNano(value as bigint);
    case 'enum':
      return options.enumsAsNumbers === true ? (value as number) : enumName(kind.enum, value as number);
    case 'any':
      return encodeAny(value as AnyValue);
    case 'wrapper':
    case 'scalar':
      return typeof value === 'bigint' ? String(value) : (value as Json);
  }
}

/** A number nobody has a name for stays a number, as proto3 JSON has it. */
export function enumName(type: EnumType, number: number): string | number {
  return Object.keys(type.numbers).find((name) => type.numbers[name] === number) ?? number;
}

/** Without its type's table an Any cannot be JSON: its bytes stay base64. */
function encodeAny(value: AnyValue): Json {
  if (value.json !== null) return value.json as JsonObject;
  return { '@type': value.typeUrl, value: encodeBase64(value.bytes ?? new Uint8Array(0)) };
}
