/**
 * An independent, schema-driven decoder of `ExportTraceServiceRequest`, written from opentelemetry-proto and
 * shared with nothing in src/, so that the encoder's tests do not test it against itself.
 */
type Kind =
  | 'message'
  | 'string'
  | 'hex'
  | 'bytes'
  | 'uint'
  | 'int64'
  | 'fixed64'
  | 'fixed32'
  | 'double'
  | 'bool';
interface FieldSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly repeated?: true;
  readonly schema?: () => Schema;
}
type Schema = Readonly<Record<number, FieldSpec>>;
export type Decoded = Record<string, unknown>;

const list = (name: string, schema: () => Schema): FieldSpec => ({
  name,
  kind: 'message',
  repeated: true,
  schema,
});
const one = (name: string, schema: () => Schema): FieldSpec => ({ name, kind: 'message', schema });
const field = (name: string, kind: Kind): FieldSpec => ({ name, kind });

const anyValue: Schema = {
  1: field('string', 'string'),
  2: field('bool', 'bool'),
  3: field('int', 'int64'),
  4: field('double', 'double'),
  5: one('array', () => ({ 1: list('values', () => anyValue) })),
  6: one('kvlist', () => ({ 1: list('values', () => keyValue) })),
  7: field('bytes', 'hex'),
};
const keyValue: Schema = { 1: field('key', 'string'), 2: one('value', () => anyValue) };
const event: Schema = {
  1: field('time', 'fixed64'),
  2: field('name', 'string'),
  3: list('attributes', () => keyValue),
  4: field('dropped', 'uint'),
};
const link: Schema = {
  1: field('traceId', 'hex'),
  2: field('spanId', 'hex'),
  3: field('traceState', 'string'),
  4: list('attributes', () => keyValue),
  5: field('dropped', 'uint'),
  6: field('flags', 'fixed32'),
};
const span: Schema = {
  1: field('traceId', 'hex'),
  2: field('spanId', 'hex'),
  3: field('traceState', 'string'),
  4: field('parentSpanId', 'hex'),
  5: field('name', 'string'),
  6: field('kind', 'uint'),
  7: field('start', 'fixed64'),
  8: field('end', 'fixed64'),
  9: list('attributes', () => keyValue),
  10: field('droppedAttributes', 'uint'),
  11: list('events', () => event),
  12: field('droppedEvents', 'uint'),
  13: list('links', () => link),
  14: field('droppedLinks', 'uint'),
  15: one('status', () => ({ 2: field('message', 'string'), 3: field('code', 'uint') })),
  16: field('flags', 'fixed32'),
};
const scope: Schema = { 1: field('name', 'string'), 2: field('version', 'string') };
const scopeSpans: Schema = {
  1: one('scope', () => scope),
  2: list('spans', () => span),
  3: field('schemaUrl', 'string'),
};
const resourceSpans: Schema = {
  1: one('resource', () => ({ 1: list('attributes', () => keyValue), 2: field('dropped', 'uint') })),
  2: list('scopeSpans', () => scopeSpans),
  3: field('schemaUrl', 'string'),
};
const request: Schema = { 1: list('resourceSpans', () => resourceSpans) };

export interface DecodedSpan extends Decoded {
  traceId: string;
  spanId: string;
  name: string;
  attributes: Record<string, unknown>;
}
export interface DecodedScopeSpans {
  resource: Record<string, unknown>;
  scope: { name?: string; version?: string };
  spans: DecodedSpan[];
}

export function decodeOtlp(body: Uint8Array): DecodedScopeSpans[] {
  const top = decode(Buffer.from(body), request) as { resourceSpans?: Decoded[] };
  return (top.resourceSpans ?? []).flatMap((group) => {
    const resource = attributesOf((group.resource as Decoded)?.attributes);
    return ((group.scopeSpans as Decoded[]) ?? []).map((each) => ({
      resource,
      scope: (each.scope ?? {}) as { name?: string },
      spans: ((each.spans as Decoded[]) ?? []).map(plainSpan),
    }));
  });
}

export const decodeSpans = (body: Uint8Array): DecodedSpan[] =>
  decodeOtlp(body).flatMap(({ spans }) => spans);

function plainSpan(raw: Decoded): DecodedSpan {
  const withAttributes = (each: Decoded) => ({ ...each, attributes: attributesOf(each.attributes) });
  return {
    ...raw,
    attributes: attributesOf(raw.attributes),
    events: ((raw.events as Decoded[]) ?? []).map(withAttributes),
    links: ((raw.links as Decoded[]) ?? []).map(withAttributes),
  } as unknown as DecodedSpan;
}

function attributesOf(pairs: unknown): Record<string, unknown> {
  const entries = ((pairs as Decoded[] | undefined) ?? []).map((pair) => [pair.key ?? '', plain(pair.value)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Strings, booleans and doubles as they are; an int64 as `{ int }`, so that 1 and 1.0 stay two things. */
function plain(value: unknown): unknown {
  const any = (value ?? {}) as Decoded;
  if ('int' in any) return { int: any.int };
  if ('bytes' in any) return { bytes: any.bytes };
  if ('array' in any) return (((any.array as Decoded).values as unknown[]) ?? []).map(plain);
  if ('kvlist' in any) return { kvlist: attributesOf((any.kvlist as Decoded).values) };
  const [only] = Object.values(any);
  return only ?? null;
}

function decode(bytes: Buffer, schema: Schema): Decoded {
  const out: Decoded = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('truncated varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const spec = schema[tag >>> 3];
    if (spec === undefined) throw new Error(`unknown field ${tag >>> 3}`);
    const value = decodeField(spec, tag & 7);
    if (spec.repeated) out[spec.name] = [...((out[spec.name] as unknown[]) ?? []), value];
    else out[spec.name] = value;
  }
  return out;

  function decodeField(spec: FieldSpec, wire: number): unknown {
    if (wire === 0) {
      const value = varint();
      if (spec.kind === 'bool') return value !== 0n;
      return spec.kind === 'int64' ? BigInt.asIntN(64, value) : Number(value);
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
    const chunk = bytes.subarray(at, at + length);
    if (chunk.length !== length) throw new Error(`truncated ${spec.name}`);
    at += length;
    switch (spec.kind) {
      case 'message':
        return decode(chunk, spec.schema?.() ?? {});
      case 'string':
        return new TextDecoder('utf-8', { fatal: true }).decode(chunk);
      case 'fixed64':
        return chunk.readBigUInt64LE();
      case 'fixed32':
        return chunk.readUInt32LE();
      case 'double':
        return chunk.readDoubleLE();
      default:
        return chunk.toString('hex');
    }
  }
}
