import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUnixNano, parseTimestamp } from './timestamp.ts';

describe('timestamps', () => {
  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1_700_000_000_000_000_000n, '2023-11-14T22:13:20Z'],
    [1_700_000_000_120_000_000n, '2023-11-14T22:13:20.120Z'],
    [1_700_000_000_000_001_000n, '2023-11-14T22:13:20.000001Z'],
    [1_700_000_000_000_000_001n, '2023-11-14T22:13:20.000000001Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [2n ** 64n - 1n, '2554-07-21T23:34:33.709551615Z'],
  ])('prints %s as %s and reads it back', (nanos, text) => {
    expect(formatUnixNano(nanos)).toBe(text);
    expect(parseTimestamp(text)).toBe(nanos);
  });

  it('reads any number of fraction digits and any offset', () => {
    expect(parseTimestamp('2023-11-14T23:13:20.1+01:00')).toBe(1_700_000_000_100_000_000n);
    expect(parseTimestamp('2023-11-14t16:43:20.12345-05:30')).toBe(1_700_000_000_123_450_000n);
    expect(parseTimestamp('2016-12-31T23:59:60Z')).toBe(parseTimestamp('2017-01-01T00:00:00Z'));
    expect(parseTimestamp('0001-01-01T00:00:00Z')).toBe(-62_135_596_800_000_000_000n);
  });

  it.each([
    '',
    'now',
    '2023-11-14',
    '2023-11-14T22:13:20',
    '2023-11-14T22:13Z',
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-00-10T00:00:00Z',
    '2023-11-14T24:00:00Z',
    '2023-11-14T22:60:20Z',
    '2023-11-14T22:13:20.Z',
    '2023-11-14T22:13:20.1234567890Z',
    '2023-11-14T22:13:20+24:00',
    '2023-11-14T22:13:20Z ',
    '1700000000',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('reads back every time it prints', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 64n - 1n }), (nanos) => {
        expect(parseTimestamp(formatUnixNano(nanos))).toBe(nanos);
      }),
    );
  });
});
