import type { AttributeMap, AttributeValue, Filter, Leaf, Span } from '@utxoiq/model';
import * as fc from 'fast-check';

// Small pools, so that random filters often match random spans.
const KEYS = [
  'http.method',
  'http.request.method',
  'http.response.status_code',
  'user.id',
  'server.port',
  'k',
  'ü "\\\n',
];
const TEXTS = [
  '',
  'GET',
  '200',
  '1.5',
  'a',
  'ab',
  'true',
  '0',
  '-7',
  'ü',
  "'",
  '\\',
  'a\tb\n',
  '1e21',
  '{}',
  '0.5',
];
const NUMBERS = [0, 1, 200, 443, 1.5, -7, 65_536, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, -0];
const INTS = [0n, 1n, 200n, 443n, 70_000n, -7n, 2n ** 63n - 1n, -(2n ** 63n)];

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom<AttributeValue>(...TEXTS),
  fc.constantFrom<AttributeValue>(...NUMBERS),
  fc.constantFrom<AttributeValue>(...INTS),
  fc.boolean(),
);
export const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.tuple(fc.constantFrom(...KEYS), scalar), { maxLength: 2 }).map((entries) => new Map(entries)),
);
const attributes = (keys: readonly string[], maxLength: number): fc.Arbitrary<AttributeMap> =>
  fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength }).map((entries) => new Map(entries));

const hex = (digits: number) =>
  fc.bigInt({ min: 1n, max: 16n ** BigInt(digits) - 1n }).map((id) => id.toString(16).padStart(digits, '0'));

/** Resources have no infinite numbers: their text is all that a numeric filter sees, and 'Infinity' is none. */
const resource = fc
  .record({ service: fc.constantFrom('web', 'api', 'ünï', ''), more: attributes(KEYS, 2) })
  .map(({ service, more }) => ({
    attributes: new Map<string, AttributeValue>([
      ['service.name', service],
      ...[...more].filter(([, item]) => item !== Number.POSITIVE_INFINITY),
    ]),
    droppedAttributesCount: 0,
    schemaUrl: '',
  }));

export const BASE_NANOS = 1_795_000_000_000_000_000n;

/** A span of one of a few traces, all within some minutes of `BASE_NANOS`. */
export const span: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: 12 }),
    spanId: hex(16),
    parentSpanId: fc.option(hex(16), { freq: 1, nil: null }),
    name: fc.constantFrom('GET /', 'ab', 'a', 'SELECT x'),
    kind: fc.integer({ min: 0, max: 5 }),
    start: fc.bigInt({ min: 0n, max: 900_000_000_000n }),
    duration: fc.bigInt({ min: 0n, max: 5_000_000_000n }),
    attributes: attributes(KEYS, 5),
    events: fc.array(
      fc.record({
        timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        name: fc.constantFrom(...TEXTS),
        attributes: attributes(KEYS, 2),
        droppedAttributesCount: fc.nat(9),
      }),
      { maxLength: 2 },
    ),
    links: fc.array(
      fc.record({
        traceId: hex(32),
        spanId: hex(16),
        traceState: fc.constantFrom(...TEXTS),
        attributes: attributes(KEYS, 2),
        droppedAttributesCount: fc.nat(9),
        flags: fc.nat(1023),
      }),
      { maxLength: 2 },
    ),
    status: fc.record({ code: fc.constantFrom(0, 1, 2), message: fc.constantFrom(...TEXTS) }),
    resource,
    scope: fc.record({
      name: fc.constantFrom('', 'pg', 'http'),
      version: fc.constantFrom('', '1'),
      attributes: attributes(KEYS, 1),
      droppedAttributesCount: fc.nat(3),
      schemaUrl: fc.constantFrom('', 's'),
    }),
  })
  .map(({ trace, start, duration, ...rest }) => ({
    ...rest,
    kind: rest.kind as Span['kind'],
    status: rest.status as Span['status'],
    projectId: 'p1',
    traceId: trace.toString(16).padStart(32, '0'),
    traceState: '',
    flags: 1,
    startUnixNano: BASE_NANOS + start,
    endUnixNano: BASE_NANOS + start + duration,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }));

const scope = fc.constantFrom('any' as const, 'root' as const);
const textOp = fc.constantFrom('=' as const, 'prefix' as const, 'contains' as const);
const numberOp = fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const);
const exactKey = fc.constantFrom({}, { exactKey: true as const });
const key = fc.constantFrom(...KEYS, 'service.name');

export const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    type: fc.constant('trace-duration' as const),
    op: numberOp,
    nanos: fc.bigInt({ min: 0n, max: 900_000_000_000n }),
  }),
  fc.record({
    type: fc.constant('span-duration' as const),
    scope,
    op: numberOp,
    nanos: fc.bigInt({ min: 0n, max: 5_000_000_000n }),
  }),
  fc.record({
    type: fc.constant('field' as const),
    scope,
    field: fc.constantFrom(
      'name' as const,
      'service' as const,
      'kind' as const,
      'status' as const,
      'status-message' as const,
      'trace-id' as const,
      'scope-name' as const,
    ),
    op: textOp,
    value: fc.constantFrom(
      ...TEXTS,
      'web',
      'ser',
      'error',
      'GET /',
      'pg',
      '0000000000000000000000000000000a',
    ),
  }),
  fc
    .tuple(fc.record({ type: fc.constant('has-attribute' as const), scope, key }), exactKey)
    .map(([a, b]) => ({ ...a, ...b })),
  fc
    .tuple(
      fc.record({
        type: fc.constant('attribute' as const),
        scope,
        key,
        op: textOp,
        value: fc.constantFrom(...TEXTS, 'NaN', 'Inf'),
      }),
      exactKey,
    )
    .map(([a, b]) => ({ ...a, ...b })),
  fc
    .tuple(
      fc.record({
        type: fc.constant('attribute-number' as const),
        scope,
        key,
        op: numberOp,
        value: fc.constantFrom(0, 1, 200, 1.5, -7, 1e21, 65_536, 0.5),
      }),
      exactKey,
    )
    .map(([a, b]) => ({ ...a, ...b })),
);

export const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('filter'), { maxLength: 3 }),
    }),
    fc.record({ type: fc.constantFrom('not' as const, 'same-span' as const), term: tie('filter') }),
  ),
})).filter;
