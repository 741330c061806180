import type { AttributeMap, AttributeValue } from '../src/attribute-value.ts';
import type { Resource, Scope, Span, SpanEvent, SpanKind, SpanLink, StatusCode } from '../src/span.ts';

/**
 * A slow, obvious reader of OTLP protobuf for tests, independent of the encoder: every message becomes a list
 * of its fields first.
 */
type Field = { number: number; bytes: Uint8Array<ArrayBufferLike>; varint: bigint };

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const type = tag & 7;
    const field: Field = { number: tag >> 3, bytes: new Uint8Array(), varint: 0n };
    if (type === 0) field.varint = varint();
    else {
      const size = type === 1 ? 8 : type === 5 ? 4 : Number(varint());
      if (at + size > bytes.length) throw new Error('cut');
      field.bytes = bytes.subarray(at, at + size);
      at += size;
    }
    found.push(field);
  }
  return found;
}

class Message {
  readonly #fields: Field[];
  constructor(bytes: Uint8Array) {
    this.#fields = fields(bytes);
  }
  has(number: number) {
    return this.#fields.some((field) => field.number === number);
  }
  all(number: number) {
    return this.#fields.filter((field) => field.number === number).map((field) => field.bytes);
  }
  bytes(number: number) {
    return this.all(number).at(-1) ?? new Uint8Array();
  }
  text(number: number) {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(number));
  }
  hex(number: number) {
    return Array.from(this.bytes(number), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  varint(number: number) {
    return this.#fields.findLast((field) => field.number === number)?.varint ?? 0n;
  }
  count(number: number) {
    return Number(this.varint(number));
  }
  fixed(number: number) {
    return this.bytes(number).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  }
}

function attributes(list: Uint8Array[]): AttributeMap {
  return new Map(
    list.map((bytes) => {
      const pair = new Message(bytes);
      return [pair.text(1), value(new Message(pair.bytes(2)))];
    }),
  );
}

function value(any: Message): AttributeValue {
  if (any.has(1)) return any.text(1);
  if (any.has(2)) return any.varint(2) === 1n;
  if (any.has(3)) return BigInt.asIntN(64, any.varint(3));
  if (any.has(4)) {
    const bytes = any.bytes(4);
    return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
  }
  if (any.has(5)) return new Message(any.bytes(5)).all(1).map((item) => value(new Message(item)));
  if (any.has(6)) return attributes(new Message(any.bytes(6)).all(1));
  return any.has(7) ? any.bytes(7).slice() : null;
}

export function decodeOtlpProtobufSlowly(bytes: Uint8Array, projectId: string): Span[] {
  return new Message(bytes).all(1).flatMap((resourceSpansBytes) => {
    const resourceSpans = new Message(resourceSpansBytes);
    const message = new Message(resourceSpans.bytes(1));
    const resource: Resource = {
      attributes: attributes(message.all(1)),
      droppedAttributesCount: message.count(2),
      schemaUrl: resourceSpans.text(3),
    };
    return resourceSpans.all(2).flatMap((scopeSpansBytes) => {
      const scopeSpans = new Message(scopeSpansBytes);
      const scopeMessage = new Message(scopeSpans.bytes(1));
      const scope: Scope = {
        name: scopeMessage.text(1),
        version: scopeMessage.text(2),
        attributes: attributes(scopeMessage.all(3)),
        droppedAttributesCount: scopeMessage.count(4),
        schemaUrl: scopeSpans.text(3),
      };
      return scopeSpans.all(2).map((item) => span(new Message(item), { projectId, resource, scope }));
    });
  });
}

function span(message: Message, origin: Pick<Span, 'projectId' | 'resource' | 'scope'>): Span {
  const status = new Message(message.bytes(15));
  return {
    ...origin,
    traceId: message.hex(1),
    spanId: message.hex(2),
    traceState: message.text(3),
    parentSpanId: message.hex(4) === '' ? null : message.hex(4),
    name: message.text(5),
    kind: message.count(6) as SpanKind,
    startUnixNano: message.fixed(7),
    endUnixNano: message.fixed(8),
    attributes: attributes(message.all(9)),
    droppedAttributesCount: message.count(10),
    events: message.all(11).map((bytes) => event(new Message(bytes))),
    droppedEventsCount: message.count(12),
    links: message.all(13).map((bytes) => link(new Message(bytes))),
    droppedLinksCount: message.count(14),
    status: { message: status.text(2), code: status.count(3) as StatusCode },
    flags: Number(message.fixed(16)),
  };
}

function event(message: Message): SpanEvent {
  return {
    timeUnixNano: message.fixed(1),
    name: message.text(2),
    attributes: attributes(message.all(3)),
    droppedAttributesCount: message.count(4),
  };
}

function link(message: Message): SpanLink {
  return {
    traceId: message.hex(1),
    spanId: message.hex(2),
    traceState: message.text(3),
    attributes: attributes(message.all(4)),
    droppedAttributesCount: message.count(5),
    flags: Number(message.fixed(6)),
  };
}
