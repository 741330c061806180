import { describe, expect, it } from 'vitest';
import { decodeAll } from '../../test/decode-all.ts';
import { keyValue, requestOf, SPAN_ID, spanFields, TRACE_ID } from '../../test/requests.ts';
import {
  fixed64Field,
  lengthField,
  projectAttribute,
  textField,
  varintField,
} from '../../test/wire-arbitraries.ts';

const attributesOf = (...fields: Buffer[]) => decodeAll(requestOf([spanFields(...fields)]))[0]?.attributes;

describe("RequestDecoder keeps protobuf's rules", () => {
  it('the last of a repeated scalar wins', () => {
    const [span] = decodeAll(requestOf([spanFields(textField(5, 'first'), textField(5, 'second'))]));
    expect(span?.name).toBe('second');
  });

  it('a later member of a oneof clears an earlier one', () => {
    const value = Buffer.concat([textField(1, 'text'), varintField(3, 7n), textField(1, 'again')]);
    expect(attributesOf(lengthField(9, keyValue('k', value)))).toEqual(new Map([['k', 'again']]));
  });

  it('messages that come twice merge: status, value, array, list, resource, scope', () => {
    const status = [lengthField(15, textField(2, 'broken')), lengthField(15, varintField(3, 2n))];
    expect(decodeAll(requestOf([spanFields(...status)]))[0]?.status).toEqual({ code: 2, message: 'broken' });

    const array = (text: string) => lengthField(5, lengthField(1, textField(1, text)));
    const twice = Buffer.concat([textField(1, 'k'), lengthField(2, array('a')), lengthField(2, array('b'))]);
    expect(attributesOf(lengthField(9, twice))).toEqual(new Map([['k', ['a', 'b']]]));

    const list = (key: string) => lengthField(6, lengthField(1, keyValue(key, varintField(2, 1n))));
    const inOne = keyValue('k', Buffer.concat([list('x'), list('y')]));
    expect(attributesOf(lengthField(9, inOne))).toEqual(
      new Map([
        [
          'k',
          new Map([
            ['x', true],
            ['y', true],
          ]),
        ],
      ]),
    );

    const scopeSpans = Buffer.concat([
      lengthField(1, textField(1, 'name')),
      lengthField(2, spanFields()),
      lengthField(1, textField(2, 'version')),
    ]);
    const resourceSpans = Buffer.concat([
      lengthField(1, lengthField(1, keyValue('a', textField(1, '1')))),
      lengthField(2, scopeSpans),
      lengthField(1, lengthField(1, keyValue('b', textField(1, '2')))),
    ]);
    const [span] = decodeAll(lengthField(1, resourceSpans));
    expect(span?.resource.attributes).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    expect(span?.scope).toMatchObject({ name: 'name', version: 'version' });
  });

  it('a field of another wire type than its own is an unknown one', () => {
    const [span] = decodeAll(
      requestOf([spanFields(varintField(5, 1n), lengthField(6, Buffer.from('x')), textField(5, 'n'))]),
    );
    expect(span).toMatchObject({ name: 'n', kind: 0 });
  });

  it('the last value of a key that came twice stays, at its first place', () => {
    const fields = ['a', 'b', 'a'].map((key, index) =>
      lengthField(9, keyValue(key, varintField(3, BigInt(index)))),
    );
    expect([...(attributesOf(...fields) ?? [])]).toEqual([
      ['a', 2n],
      ['b', 1n],
    ]);
  });

  it('integers are exact at both ends of 64 bits, and a bool is true for any varint but zero', () => {
    const numbers = [
      -(2n ** 63n),
      2n ** 63n - 1n,
      -1n,
      0n,
      127n,
      128n,
      16_383n,
      16_384n,
      2n ** 32n,
      2n ** 53n + 1n,
    ];
    for (const number of numbers) {
      expect(attributesOf(lengthField(9, keyValue('k', varintField(3, number))))?.get('k')).toBe(number);
    }
    expect(attributesOf(lengthField(9, keyValue('k', varintField(2, 256n))))?.get('k')).toBe(true);
  });

  it('keeps NaN, infinities and minus zero', () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, -0]) {
      const bits = Buffer.alloc(8);
      bits.writeDoubleLE(number);
      const value = fixed64Field(4, bits.readBigUInt64LE());
      expect(attributesOf(lengthField(9, keyValue('k', value)))?.get('k')).toBe(number);
    }
  });

  it('a text that is not UTF-8 is kept, with U+FFFD for what is wrong', () => {
    const [span] = decodeAll(requestOf([spanFields(lengthField(5, Buffer.from([0x61, 0xff, 0x62])))]));
    expect(span?.name).toBe('a\ufffdb');
  });

  it('a parent of eight zero bytes is none, a link without ids has zero ids', () => {
    const [span] = decodeAll(
      requestOf([spanFields(lengthField(4, Buffer.alloc(8)), lengthField(13, textField(3, 's=1')))]),
    );
    expect(span?.parentSpanId).toBeNull();
    expect(span?.links).toMatchObject([
      { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceState: 's=1' },
    ]);
  });

  it('an end before its start is taken as it came: clocks jump', () => {
    const times = [fixed64Field(7, 2_000n), fixed64Field(8, 1_000n)];
    expect(decodeAll(requestOf([spanFields(...times)]))[0]).toMatchObject({
      startUnixNano: 2_000n,
      endUnixNano: 1_000n,
    });
  });

  it('a resource may name a project; without spans, nothing is there', () => {
    expect(decodeAll(requestOf([spanFields()], 'other'))[0]?.projectId).toBe('other');
    expect(decodeAll(lengthField(1, lengthField(1, projectAttribute('x'))))).toEqual([]);
    expect(decodeAll(Buffer.alloc(0))).toEqual([]);
  });

  it('a resource keeps its own project, whatever schema URL and bytes stand beside it', () => {
    const mine = projectAttribute('mine');
    // An unknown field holds a line break and the other resource; the other schema URL, all that stands before them.
    const head = Buffer.concat([projectAttribute('theirs'), Buffer.from([0x7a, 1 + mine.length])]);
    const theirs = Buffer.concat([head, Buffer.from('\n'), mine]);
    const groups = [
      [theirs, 'a'],
      [mine, `a\n${head.toString('latin1')}`],
    ] as const;
    const request = groups.map(([resource, schemaUrl]) => {
      const scopeSpans = lengthField(2, lengthField(2, spanFields()));
      return lengthField(1, Buffer.concat([lengthField(1, resource), scopeSpans, textField(3, schemaUrl)]));
    });
    expect(decodeAll(Buffer.concat(request)).map((span) => span.projectId)).toEqual(['theirs', 'mine']);
  });

  it('texts that share a cache slot are told apart', () => {
    const names = Array.from({ length: 80_000 }, (_, index) => `same start ${index * 7919} same end`);
    const spans = decodeAll(requestOf(names.slice(0, 40_000).map((name) => spanFields(textField(5, name)))));
    expect(spans.map((span) => span.name)).toEqual(names.slice(0, 40_000));
    expect(spans[0]).toMatchObject({ traceId: TRACE_ID.toString('hex'), spanId: SPAN_ID.toString('hex') });
  });
});
