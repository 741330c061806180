import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { V1ListTracesResponseType } from '../messages-v1.ts';
import { V2BatchWriteSpansRequestType } from '../messages-v2.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { messageFromJson } from './json-decode.ts';
import { messageToJson } from './json-encode.ts';
import { parseJsonText } from './json-text.ts';
import type { AnyMessageType, Field, Kind } from './message-type.ts';
import { WireError } from './wire.ts';

/** Anything a message can hold, from its own table. */
function anyMessage(type: AnyMessageType): Arbitrary<object> {
  const members = Object.entries(type.fields).filter(([, field]) => field.kind.type !== 'any');
  const shape = Object.fromEntries(members.map(([name, field]) => [name, anyField(field)]));
  const oneofs = new Set(members.map(([, { oneof }]) => oneof).filter((oneof) => oneof !== null));
  return fc.tuple(fc.record(shape), fc.nat()).map(([message, pick]) => {
    const record: Record<string, unknown> = { ...message };
    for (const oneof of oneofs) {
      const names = members.filter(([, field]) => field.oneof === oneof).map(([name]) => name);
      for (const name of names) if (name !== names[pick % names.length]) record[name] = null;
    }
    for (const [name, field] of Object.entries(type.fields)) if (field.kind.type === 'any') record[name] = [];
    return record;
  });
}

function anyField(field: Field<unknown>): Arbitrary<unknown> {
  const value = anyValue(field.kind);
  if (field.label === 'many') return fc.array(value, { maxLength: 3 });
  if (field.label === 'map') {
    return fc.array(fc.tuple(fc.string(), value), { maxLength: 3 }).map((entries) => new Map(entries));
  }
  const optional = field.oneof !== null || !['scalar', 'enum'].includes(field.kind.type);
  return optional ? fc.option(value) : value;
}

function anyValue(kind: Kind): Arbitrary<unknown> {
  switch (kind.type) {
    case 'message':
      return anyMessage(kind.message);
    case 'enum':
      return fc.oneof(fc.constantFrom(...Object.values(kind.enum.numbers)), fc.integer({ min: 0, max: 99 }));
    case 'timestamp':
      return fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    case 'any':
      return fc.constant(null);
    case 'wrapper':
      return kind.scalar === 'bool' ? fc.boolean() : fc.integer();
    case 'scalar':
      return {
        string: fc.string({ unit: 'grapheme', maxLength: 40 }),
        bool: fc.boolean(),
        int32: fc.integer(),
        int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fixed64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }[kind.scalar];
  }
}

const types: readonly AnyMessageType[] = [V1ListTracesResponseType, V2BatchWriteSpansRequestType];

describe('the codecs', () => {
  it.each(types)('bring every message back, through protobuf and through JSON text: $fullName', (type) => {
    fc.assert(
      fc.property(anyMessage(type), (message) => {
        const typed = message as never;
        expect(decodeMessage(type, encodeMessage(type, typed))).toEqual(message);
        const text = JSON.stringify(messageToJson(type, typed));
        const parsed = parseJsonText(text);
        const read = messageFromJson(type, parsed.ok ? parsed.json : null);
        expect(read).toEqual({ ok: true, value: message });
      }),
      { numRuns: 60 },
    );
  });

  it('write lengths of one to four bytes', () => {
    for (const length of [31, 32, 33, 126, 127, 128, 16_383, 16_384, 2_097_152]) {
      for (const letter of ['a', 'ü', '漢', '😀']) {
        const nextPageToken = letter.repeat(Math.ceil(length / Buffer.byteLength(letter)));
        const bytes = encodeMessage(V1ListTracesResponseType, { traces: [], nextPageToken });
        expect(decodeMessage(V1ListTracesResponseType, bytes).nextPageToken === nextPageToken).toBe(true);
      }
    }
  });

  it.each(types)('refuse bytes that are no message, and nothing else happens: $fullName', (type) => {
    const read = (bytes: Uint8Array) => {
      try {
        decodeMessage(type, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read));
    fc.assert(
      fc.property(anyMessage(type), fc.nat(), fc.nat(255), (message, at, byte) => {
        const bytes = encodeMessage(type, message as never);
        if (bytes.length === 0) return;
        bytes[at % bytes.length] = byte;
        read(bytes);
        read(bytes.subarray(0, at % bytes.length));
      }),
      { numRuns: 60 },
    );
  });
});
