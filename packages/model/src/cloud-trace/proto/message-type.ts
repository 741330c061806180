/**
 * Protobuf messages as tables: one table gives the TypeScript type, the binary codec, the proto3 JSON codec
 * and its error messages, so that REST and gRPC cannot drift apart.
 *
 * In memory: int64 and fixed64 are `bigint`; a timestamp is nanoseconds of the Unix epoch as `bigint`, or null;
 * a message, a wrapper or a member of a oneof that is not set is null; an enum is its number.
 */
export type Scalar = 'string' | 'int32' | 'int64' | 'fixed64' | 'bool';

export interface EnumType {
  readonly fullName: string;
  readonly numbers: Readonly<Record<string, number>>;
}

export type Kind =
  | { readonly type: 'scalar'; readonly scalar: Scalar }
  | { readonly type: 'enum'; readonly enum: EnumType }
  | { readonly type: 'timestamp' }
  | { readonly type: 'wrapper'; readonly scalar: 'bool' | 'int32' }
  | { readonly type: 'any' }
  | { readonly type: 'message'; readonly message: AnyMessageType };

/** `T` is the field's TypeScript type; it exists for the compiler only. */
export interface Field<T> {
  readonly number: number;
  readonly kind: Kind;
  readonly label: 'one' | 'many' | 'map';
  /** Members of the same oneof are null unless set. */
  readonly oneof: string | null;
  readonly typed?: T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export interface MessageType<F extends Fields> {
  readonly fullName: string;
  /** By lowerCamelCase name, in the order of the field numbers. */
  readonly fields: F;
}
export type AnyMessageType = MessageType<Fields>;

export type MessageOf<M> =
  M extends MessageType<infer F>
    ? { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
    : never;

/** `google.protobuf.Any`: bytes as they came over gRPC, or the JSON object as it came over REST. */
export interface AnyValue {
  readonly typeUrl: string;
  readonly bytes: Uint8Array | null;
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** Describes a message by its full proto name and its fields, each by number and type. */
export function messageType<const F extends Fields>(fullName: string, fields: F): MessageType<F> {
  return { fullName, fields };
}

function one<T>(number: number, kind: Kind): Field<T> {
  return { number, kind, label: 'one', oneof: null };
}
export const string = (number: number) => one<string>(number, { type: 'scalar', scalar: 'string' });
export const int32 = (number: number) => one<number>(number, { type: 'scalar', scalar: 'int32' });
export const int64 = (number: number) => one<bigint>(number, { type: 'scalar', scalar: 'int64' });
export const fixed64 = (number: number) => one<bigint>(number, { type: 'scalar', scalar: 'fixed64' });
export const bool = (number: number) => one<boolean>(number, { type: 'scalar', scalar: 'bool' });
export const timestamp = (number: number) => one<bigint | null>(number, { type: 'timestamp' });
export const enumeration = (number: number, type: EnumType) =>
  one<number>(number, { type: 'enum', enum: type });
export const boolValue = (number: number) => one<boolean | null>(number, { type: 'wrapper', scalar: 'bool' });
export const int32Value = (number: number) =>
  one<number | null>(number, { type: 'wrapper', scalar: 'int32' });
export const any = (number: number) => one<AnyValue | null>(number, { type: 'any' });
export function message<F extends Fields>(number: number, type: MessageType<F>) {
  return one<MessageOf<MessageType<F>> | null>(number, { type: 'message', message: type });
}
export function repeated<T>(field: Field<T>): Field<NonNullable<T>[]> {
  return { number: field.number, kind: field.kind, label: 'many', oneof: null };
}
/** A map with string keys. */
export function map<T>(field: Field<T>): Field<Map<string, NonNullable<T>>> {
  return { number: field.number, kind: field.kind, label: 'map', oneof: null };
}
export function inOneof<T>(oneof: string, field: Field<T>): Field<T | null> {
  return { number: field.number, kind: field.kind, label: field.label, oneof };
}

/** A message with nothing set. */
export function emptyMessage<F extends Fields>(type: MessageType<F>): MessageOf<MessageType<F>> {
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(type.fields)) result[name] = emptyValue(field);
  return result as MessageOf<MessageType<F>>;
}

function emptyValue(field: Field<unknown>): unknown {
  if (field.label === 'many') return [];
  if (field.label === 'map') return new Map();
  return field.oneof === null ? emptyOf(field.kind) : null;
}

/** What a field of this kind holds when it did not come. */
export function emptyOf(kind: Kind): unknown {
  if (kind.type === 'enum') return 0;
  if (kind.type !== 'scalar') return null;
  switch (kind.scalar) {
    case 'string':
      return '';
    case 'int32':
      return 0;
    case 'bool':
      return false;
    default:
      return 0n;
  }
}

/** `displayName` -> `display_name`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
