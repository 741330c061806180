import fc from 'fast-check';

/**
 * Random OTLP requests as bytes: fields in any order, scalars repeated, unknown fields and groups between
 * them, overlong varints. What protobufjs reads otherwise than the specification (repeated singular
 * messages, repeated members of a oneof) is left out here and tested by hand.
 */
const TWO_64 = 1n << 64n;

export function varint(value: bigint, extraBytes = 0): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  for (let index = 0; index < extraBytes && bytes.length < 9; index++) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 128;
    bytes.push(0);
  }
  return Buffer.from(bytes);
}

const tag = (field: number, wireType: number) => varint(BigInt(field * 8 + wireType));
export const lengthField = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([tag(field, 2), varint(BigInt(value.length)), value]);
export const textField = (field: number, value: string): Buffer => lengthField(field, Buffer.from(value));
export const varintField = (field: number, value: bigint): Buffer =>
  Buffer.concat([tag(field, 0), varint(value)]);
export function fixed64Field(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(field, 1), bytes]);
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ minLength: 20, maxLength: 90 }),
);
const u64 = fc.oneof(fc.bigInt({ min: 0n, max: TWO_64 - 1n }), fc.bigInt({ min: 0n, max: 70_000n }));
const time = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
const start = fc.bigInt({ min: 0n, max: (1n << 32n) * 1_000_000_000n - 1n });
const text = (field: number) => anyText.map((value) => textField(field, value));
const bytesOf = (field: number, length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => lengthField(field, bytes));
const integer = (field: number) =>
  fc.tuple(u64, fc.nat(2)).map(([value, extra]) => Buffer.concat([tag(field, 0), varint(value, extra)]));
const uint32 = (field: number) => fc.nat().map((value) => varintField(field, BigInt(value)));
const fixed32 = (field: number) =>
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.concat([tag(field, 5), bytes]));
const fixed64 = (field: number, values = u64) => values.map((value) => fixed64Field(field, value));
const double = (field: number) =>
  fc.double({ noNaN: true }).map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([tag(field, 1), bytes]);
  });

const { unknown } = fc.letrec<{ unknown: Buffer; group: Buffer }>((tie) => ({
  unknown: fc.oneof(
    { depthSize: 'small' },
    fc
      .integer({ min: 100, max: 70_000 })
      .chain((field) => fc.oneof(integer(field), fixed32(field), fixed64(field), text(field))),
    tie('group'),
  ),
  group: fc
    .tuple(fc.integer({ min: 100, max: 3_000 }), fc.array(tie('unknown'), { maxLength: 2 }))
    .map(([field, inner]) => Buffer.concat([tag(field, 3), ...inner, tag(field, 4)])),
}));

/** Many of the repeatable fields, each of the others at most once, in any order. */
function message(
  repeatable: readonly fc.Arbitrary<Buffer>[],
  once: readonly fc.Arbitrary<Buffer>[] = [],
): fc.Arbitrary<Buffer> {
  const parts = fc.tuple(
    fc.array(fc.oneof(...repeatable, unknown), { maxLength: 6 }),
    ...once.map((part) => fc.option(part, { nil: Buffer.alloc(0), freq: 4 })),
  );
  return parts
    .chain(([many, ...single]) => {
      const all = [...(many as Buffer[]), ...(single as Buffer[])];
      return fc.shuffledSubarray(all, { minLength: all.length });
    })
    .map((fields) => Buffer.concat(fields));
}

const { keyValue } = fc.letrec<{ any: Buffer; keyValue: Buffer }>((tie) => ({
  any: fc
    .oneof(
      { depthSize: 'small', withCrossShrink: true },
      text(1),
      fc.constant(Buffer.alloc(0)),
      fc.boolean().map((value) => varintField(2, value ? 1n : 0n)),
      integer(3),
      double(4),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => lengthField(7, bytes)),
      fc
        .array(tie('any'), { maxLength: 3 })
        .map((values) => lengthField(5, Buffer.concat(values.map((value) => lengthField(1, value))))),
      fc
        .array(tie('keyValue'), { maxLength: 3 })
        .map((values) => lengthField(6, Buffer.concat(values.map((value) => lengthField(1, value))))),
    )
    .chain((value) =>
      unknown.map((extra) => (extra.length % 3 === 0 ? Buffer.concat([extra, value]) : value)),
    ),
  keyValue: message(
    [
      fc.oneof(
        fc.constantFrom('a', 'key', 'http.request.method').map((key) => textField(1, key)),
        text(1),
      ),
    ],
    [tie('any').map((value) => lengthField(2, value))],
  ),
}));

const attributes = (field: number) => keyValue.map((value) => lengthField(field, value));
const nested = (field: number, inner: fc.Arbitrary<Buffer>) =>
  inner.map((bytes) => lengthField(field, bytes));

const event = message([fixed64(1, time), text(2), attributes(3), uint32(4)]);
const link = fc
  .tuple(bytesOf(1, 16), bytesOf(2, 8), message([text(3), attributes(4), uint32(5), fixed32(6)]))
  .map((parts) => Buffer.concat(parts));
const status = message([text(2), uint32(3), varintKind(3)]);
function varintKind(field: number) {
  return fc.integer({ min: -3, max: 9 }).map((value) => varintField(field, BigInt(value)));
}
const span = message(
  [text(3), text(5), varintKind(6), attributes(9), uint32(10), uint32(12), uint32(14), fixed32(16)],
  [
    fixed64(7, start),
    fixed64(8, time),
    nested(11, event),
    nested(13, link),
    nested(15, status),
    nested(11, event),
    bytesOf(4, 8),
  ],
);
const spanWithIds = fc.tuple(bytesOf(1, 16), span, bytesOf(2, 8)).map((parts) => Buffer.concat(parts));
const resource = message([attributes(1), uint32(2), fc.constant(projectAttribute('other-project'))]);
const scope = message([text(1), text(2), attributes(3), uint32(4)]);
const scopeSpans = message([nested(2, spanWithIds), nested(2, spanWithIds), text(3)], [nested(1, scope)]);
const resourceSpans = message([nested(2, scopeSpans), text(3)], [nested(1, resource)]);

export const request: fc.Arbitrary<Buffer> = message([nested(1, resourceSpans)], [nested(1, resourceSpans)]);

export function projectAttribute(project: string): Buffer {
  return lengthField(
    1,
    Buffer.concat([textField(1, 'gcp.project_id'), lengthField(2, textField(1, project))]),
  );
}
