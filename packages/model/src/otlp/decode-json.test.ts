import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { span } from '../../test/arbitraries.ts';
import { decodeOtlpJson } from './decode-json.ts';
import { encodeOtlpJson } from './encode-json.ts';
import { parseJsonExact } from './json-text.ts';

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';
const withSpan = (fields: object, resource: object = {}) => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans: [{ traceId, spanId, ...fields }] }] }],
});
function only(json: unknown) {
  const result = decodeOtlpJson(json, { defaultProjectId: 'default' });
  if (!result.ok) throw new Error(`${result.error.path}: ${result.error.message}`);
  expect(result.rejected).toEqual([]);
  const [one] = result.spans;
  if (one === undefined || result.spans.length !== 1) throw new Error(`${result.spans.length} spans`);
  return one;
}
const decoded = (value: unknown) => only(withSpan({ attributes: [{ key: 'k', value }] })).attributes.get('k');

describe('decodeOtlpJson', () => {
  it('reads back whatever encodeOtlpJson writes, through text', () => {
    fc.assert(
      fc.property(span, (one) => {
        const resource = new Map(one.resource.attributes);
        resource.delete('gcp.project_id');
        const expected = {
          ...one,
          projectId: 'default',
          resource: { ...one.resource, attributes: resource },
        };
        expect(only(JSON.parse(JSON.stringify(encodeOtlpJson([expected]))))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('takes integers as strings or numbers, enums as names or numbers, ids of any case', () => {
    const one = only(
      withSpan({
        traceId: traceId.toUpperCase(),
        startTimeUnixNano: '18446744073709551615',
        endTimeUnixNano: 1000,
        kind: 'SPAN_KIND_SERVER',
        status: { code: 'STATUS_CODE_ERROR' },
        parentSpanId: '0000000000000000',
        somethingNew: [1],
      }),
    );
    expect(one).toMatchObject({
      traceId,
      startUnixNano: 2n ** 64n - 1n,
      endUnixNano: 1000n,
      kind: 2,
      status: { code: 2, message: '' },
      parentSpanId: null,
    });
    expect(only(withSpan({ kind: 3, status: { code: 1 } }))).toMatchObject({ kind: 3, status: { code: 1 } });
    expect(only(withSpan({ kind: 99, status: { code: 'NEW' } }))).toMatchObject({
      kind: 0,
      status: { code: 0 },
    });
  });

  it('reads every kind of value', () => {
    expect(decoded({ intValue: '-9223372036854775808' })).toBe(-(2n ** 63n));
    expect(decoded({ intValue: 5 })).toBe(5n);
    expect(decoded({ doubleValue: 5 })).toBe(5);
    expect(decoded({ doubleValue: '-Infinity' })).toBe(Number.NEGATIVE_INFINITY);
    expect(decoded({ boolValue: false })).toBe(false);
    expect(decoded({ stringValue: '' })).toBe('');
    expect(decoded({ bytesValue: 'AQL_' })).toEqual(new Uint8Array([1, 2, 255]));
    expect(decoded({ arrayValue: {} })).toEqual([]);
    expect(decoded({ kvlistValue: { values: [{ key: 'a' }] } })).toEqual(new Map([['a', null]]));
    expect(decoded({})).toBeNull();
    expect(decoded(null)).toBeNull();
  });

  it("lets the resource's own project win", () => {
    const attributes = [{ key: 'gcp.project_id', value: { stringValue: 'mine' } }];
    expect(only(withSpan({}, { attributes })).projectId).toBe('mine');
    expect(only(withSpan({})).projectId).toBe('default');
  });

  it('rejects spans with bad ids by themselves, and says where and why', () => {
    const spans = [
      { traceId, spanId },
      { traceId: 'zz', spanId },
      { traceId, spanId: '' },
      { traceId, spanId, parentSpanId: 'x' },
    ];
    const result = decodeOtlpJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    expect(result).toMatchObject({ ok: true, spans: [{ spanId }] });
    expect(result.ok && result.rejected).toEqual([
      {
        path: 'resourceSpans[0].scopeSpans[0].spans[1]',
        reason: 'traceId: expected 32 hex digits, not all zero, got "zz"',
      },
      {
        path: 'resourceSpans[0].scopeSpans[0].spans[2]',
        reason: 'spanId: expected 16 hex digits, not all zero, got ""',
      },
      {
        path: 'resourceSpans[0].scopeSpans[0].spans[3]',
        reason: 'parentSpanId: expected 16 hex digits, not all zero, got "x"',
      },
    ]);
  });

  it('keeps links without ids, as zeros, and rejects spans with links whose ids are none', () => {
    const one = only(withSpan({ links: [{ traceId, spanId }, { flags: 1 }, { traceId: '0'.repeat(32) }] }));
    const nothing = { traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
    expect(one.links).toMatchObject([{ traceId, spanId }, { ...nothing, flags: 1 }, nothing]);
    const bad = decodeOtlpJson(
      withSpan({
        links: [
          { traceId, spanId },
          { traceId: '00', spanId },
        ],
      }),
    );
    expect(bad.ok && bad.rejected.map(({ reason }) => reason)).toEqual([
      'links[1].traceId: expected 32 hex digits, not all zero, got "00"',
    ]);
  });

  it.each([
    [null, ''],
    [[], ''],
    ['x', ''],
    [{ resourceSpans: {} }, 'resourceSpans'],
    [{ resourceSpans: [1] }, 'resourceSpans[0]'],
    [withSpan({ name: 1 }), 'resourceSpans[0].scopeSpans[0].spans[0].name'],
    [withSpan({ startTimeUnixNano: -1 }), 'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano'],
    [withSpan({ startTimeUnixNano: '1.5' }), 'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano'],
    [
      withSpan({ endTimeUnixNano: '18446744073709551616' }),
      'resourceSpans[0].scopeSpans[0].spans[0].endTimeUnixNano',
    ],
    [withSpan({ attributes: ['x'] }), 'resourceSpans[0].scopeSpans[0].spans[0].attributes[0]'],
    [withSpan({ events: [{ name: {} }] }), 'resourceSpans[0].scopeSpans[0].spans[0].events[0].name'],
  ])('refuses the whole request %#', (json, path) => {
    expect(decodeOtlpJson(json)).toMatchObject({ ok: false, error: { path } });
  });

  it.each([
    { intValue: '9223372036854775808' },
    { intValue: 1.5 },
    { boolValue: 'true' },
    { doubleValue: '0x10' },
    { doubleValue: '' },
    { bytesValue: '!' },
    { arrayValue: [] },
    { stringValue: 5 },
  ])('refuses the value %j', (value) => {
    expect(decodeOtlpJson(withSpan({ attributes: [{ key: 'k', value }] }))).toMatchObject({ ok: false });
  });

  it('refuses values that nest too deep instead of overflowing the stack', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 100_000; depth++) value = { arrayValue: { values: [value] } };
    const result = decodeOtlpJson(withSpan({ attributes: [{ key: 'k', value }] }));
    expect(result).toMatchObject({ ok: false, error: { message: 'values nest deeper than 64' } });
  });

  it('never throws, whatever the JSON', () => {
    const keys = [
      'resourceSpans',
      'scopeSpans',
      'spans',
      'resource',
      'attributes',
      'key',
      'value',
      'links',
      'status',
    ];
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(null, 1, -1, 1.5, 'x', '1', traceId, spanId, true),
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(json, (value) => {
        decodeOtlpJson(value);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseJsonExact', () => {
  it('keeps integers beyond 2^53 and leaves the rest as JSON.parse does', () => {
    const text =
      '{"a": 1700000000000000001, "b": [1.5, 1234567890123456789], "c": "1700000000000000001", "d": 1e20}';
    expect(parseJsonExact(text)).toEqual({
      a: 1_700_000_000_000_000_001n,
      b: [1.5, 1_234_567_890_123_456_789n],
      c: '1700000000000000001',
      d: 1e20,
    });
    expect(
      only(
        parseJsonExact(
          JSON.stringify(withSpan({ endTimeUnixNano: 1 })).replace(':1', ':1700000000000000001'),
        ),
      ),
    ).toMatchObject({ endUnixNano: 1_700_000_000_000_000_001n });
  });
});
