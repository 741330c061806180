import { describe, expect, it } from 'vitest';
import { decodeAll } from '../../test/decode-all.ts';
import { keyValue, requestOf, spanFields } from '../../test/requests.ts';
import { fixed64Field, lengthField, textField, varint, varintField } from '../../test/wire-arbitraries.ts';
import { DEFAULT_SPAN_LIMITS, RequestScanner, type SpanLimits } from './index.ts';

const scan = (bytes: Uint8Array, limits: Partial<SpanLimits> = {}, allowed: 'all' | string[] = 'all') =>
  new RequestScanner({ ...DEFAULT_SPAN_LIMITS, ...limits }).scan(bytes, { defaultProject: 'p', allowed });
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const reasonFor = (field: Buffer, limits?: Partial<SpanLimits>) =>
  scan(requestOf([spanFields(field)]), limits).firstReason;

describe('RequestScanner', () => {
  it.each([
    ['0a 05 00', 'a length of 5 with 1 bytes left at byte 1'],
    ['0a', 'a varint is cut off at byte 1'],
    ['00', 'field number 0 at byte 0'],
    ['0f', 'wire type 7 at byte 1'],
    ['0e', 'wire type 6 at byte 1'],
    ['0c', 'the end of group 1, which was not begun at byte 1'],
    ['a3 06 ac 06', 'the end of group 101 inside group 100 at byte 4'],
    ['a3 06', 'group 100 has no end at byte 2'],
    ['a1 06 00', 'a fixed64 is cut off at byte 2'],
    ['a5 06 00', 'a fixed32 is cut off at byte 2'],
    ['a0 06 ff ff ff ff ff ff ff ff ff 02', 'a varint beyond 64 bits at byte 2'],
    ['a0 06 ff ff ff ff ff ff ff ff ff ff 01', 'a varint of more than 10 bytes at byte 2'],
    ['0a ff ff ff ff ff 01', 'a tag or length beyond 32 bits at byte 1'],
    ['0a 03 12 05 00', 'a length of 5 with 1 bytes left at byte 3'],
  ])('refuses %s: %s', (bytes, message) => {
    expect(() => scan(hex(bytes))).toThrow(message);
  });

  it('refuses groups nested without end', () => {
    const deep = Buffer.concat(Array.from({ length: 70 }, () => varint(803n)));
    expect(() => scan(deep)).toThrow('groups nested deeper than 64 at byte');
  });

  it.each([
    ['trace_id has 15 bytes, expected 16', lengthField(1, Buffer.alloc(15, 1))],
    ['trace_id has 0 bytes, expected 16', lengthField(1, Buffer.alloc(0))],
    ['trace_id is all zero', lengthField(1, Buffer.alloc(16))],
    ['span_id is all zero', lengthField(2, Buffer.alloc(8))],
    ['span_id has 9 bytes, expected 8', lengthField(2, Buffer.alloc(9, 1))],
    ['parent_span_id has 4 bytes, expected 8', lengthField(4, Buffer.alloc(4, 1))],
    ['start_time_unix_nano is beyond February 2106', fixed64Field(7, 2n ** 32n * 1_000_000_000n)],
    ['end_time_unix_nano is beyond the year 2262', fixed64Field(8, 2n ** 63n)],
    ['an event time is beyond the year 2262', lengthField(11, fixed64Field(1, 2n ** 64n - 1n))],
    ['the trace_id of a link has 3 bytes, expected 16', lengthField(13, textField(1, 'abc'))],
  ])('rejects one span alone: %s', (reason, field) => {
    const result = scan(requestOf([spanFields(), spanFields(field), spanFields()]));
    expect(result).toEqual({ spanCount: 3, rejected: [1], firstReason: `span 1: ${reason}`, forbidden: 0 });
  });

  it('takes the last times that there are', () => {
    const start = fixed64Field(7, 2n ** 32n * 1_000_000_000n - 1n);
    expect(scan(requestOf([spanFields(start, fixed64Field(8, 2n ** 63n - 1n))])).rejected).toEqual([]);
  });

  it('leaves the rejected spans out and keeps the others', () => {
    const bytes = requestOf([
      spanFields(textField(5, 'a')),
      spanFields(lengthField(1, Buffer.alloc(3))),
      spanFields(textField(5, 'b')),
    ]);
    expect(decodeAll(bytes).map((span) => span.name)).toEqual(['a', 'b']);
  });

  it('rejects what is beyond a limit, by name and number', () => {
    const attribute = lengthField(9, keyValue('some.key', textField(1, 'x'.repeat(50))));
    expect(reasonFor(attribute, { maxValueBytes: 49 })).toBe(
      'span 0: an attribute value has 50 bytes, at most 49 are taken',
    );
    expect(reasonFor(attribute, { maxKeyBytes: 7 })).toBe(
      'span 0: an attribute key has 8 bytes, at most 7 are taken',
    );
    expect(reasonFor(Buffer.concat([attribute, attribute]), { maxAttributes: 1 })).toBe(
      'span 0: 2 attributes, at most 1 are taken',
    );
    const event = lengthField(11, textField(2, 'e'));
    expect(reasonFor(Buffer.concat([event, event]), { maxEvents: 1 })).toBe(
      'span 0: 2 events, at most 1 are taken',
    );
    const link = lengthField(13, Buffer.alloc(0));
    expect(reasonFor(Buffer.concat([link, link]), { maxLinks: 1 })).toBe(
      'span 0: 2 links, at most 1 are taken',
    );
  });

  it('rejects values that nest too deep, however deep', () => {
    const nested = (depth: number): Buffer => {
      let value: Buffer = varintField(3, 1n);
      for (let level = 1; level < depth; level++) value = lengthField(5, lengthField(1, value));
      return lengthField(9, keyValue('k', value));
    };
    expect(reasonFor(nested(16))).toBe('');
    expect(reasonFor(nested(17))).toBe('span 0: an attribute value nests deeper than 16 levels');
    expect(reasonFor(nested(3_000))).toBe('span 0: an attribute value nests deeper than 16 levels');
    const resource = lengthField(1, lengthField(1, keyValue('k', nested(3_000))));
    const request = lengthField(1, Buffer.concat([resource, lengthField(2, lengthField(2, spanFields()))]));
    expect(() => scan(request, {}, ['q'])).not.toThrow();
  });

  it('rejects every span of a resource or scope that is beyond a limit', () => {
    const spans = lengthField(2, Buffer.concat([lengthField(2, spanFields()), lengthField(2, spanFields())]));
    const attribute = lengthField(1, keyValue('k', textField(1, 'v')));
    const resource = lengthField(1, Buffer.concat([attribute, attribute]));
    const request = lengthField(1, Buffer.concat([spans, resource]));
    const { rejected, firstReason } = scan(request, { maxAttributes: 1 });
    expect(rejected).toEqual([0, 1]);
    expect(firstReason).toBe('span 0: 2 attributes on the resource, at most 1 are taken');
  });

  it('rejects spans of projects that the sender may not write to, also through the default', () => {
    const foreign = requestOf([spanFields(), spanFields()], 'theirs');
    expect(scan(foreign, {}, ['ours'])).toMatchObject({
      forbidden: 2,
      firstReason: 'span 0: no permission to write to project "theirs"',
    });
    expect(scan(foreign, {}, ['theirs'])).toMatchObject({ forbidden: 0, rejected: [] });
    const own = requestOf([spanFields()]);
    expect(scan(own, {}, ['ours'])).toMatchObject({ forbidden: 1 });
    expect(scan(Buffer.concat([own, foreign]), {}, ['p'])).toMatchObject({ forbidden: 2, rejected: [1, 2] });
  });
});
