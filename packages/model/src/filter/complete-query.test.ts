import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeQuery } from './complete-query.ts';

/** Completes at the `|`, and shows what a choice would replace between brackets. */
function at(marked: string) {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, ...rest } = completeQuery(text, cursor);
  return { ...rest, replaces: `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}` };
}

describe('completeQuery', () => {
  it.each([
    ['|', { type: 'key', prefix: '', replaces: '[]' }],
    ['ht|tp a', { type: 'key', prefix: 'ht', replaces: '[http] a' }],
    ['a |', { type: 'key', prefix: '', replaces: 'a []' }],
    ['(ser|', { type: 'key', prefix: 'ser', replaces: '([ser]' }],
    ['-^ser|', { type: 'key', prefix: 'ser', replaces: '-^[ser]' }],
    ['span{ na|', { type: 'key', prefix: 'na', replaces: 'span{ [na]' }],
    ['"my la|', { type: 'key', prefix: 'my la', replaces: '["my la]' }],
    ['key!|', { type: 'operator', key: 'key', prefix: '!', replaces: 'key[!]' }],
    ['key >|= 5', { type: 'operator', key: 'key', prefix: '>', replaces: 'key [>=] 5' }],
    ['key=|', { type: 'value', key: 'key', quotedKey: false, operator: '=', prefix: '', replaces: 'key=[]' }],
    [
      'key >= |',
      { type: 'value', key: 'key', quotedKey: false, operator: '>=', prefix: '', replaces: 'key >= []' },
    ],
    [
      'service:che|ck x',
      {
        type: 'value',
        key: 'service',
        quotedKey: false,
        operator: ':',
        prefix: 'che',
        replaces: 'service:[check] x',
      },
    ],
    [
      '"a b"="c \\"d|',
      {
        type: 'value',
        key: 'a b',
        quotedKey: true,
        operator: '=',
        prefix: 'c "d',
        replaces: '"a b"=["c \\"d]',
      },
    ],
    [
      'span{a=b c~|}',
      { type: 'value', key: 'c', quotedKey: false, operator: '~', prefix: '', replaces: 'span{a=b c~[]}' },
    ],
    ['a=b |', { type: 'key', prefix: '', replaces: 'a=b []' }],
    ['=|', { type: 'key', prefix: '', replaces: '=[]' }],
  ])('%s', (marked, expected) => {
    expect(at(marked)).toEqual(expected);
  });

  it('answers for every text and cursor, with a range inside the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab:=!<>~"\\ (){}+^-') }),
        fc.integer({ min: -2, max: 40 }),
        (text, cursor) => {
          const { from, to } = completeQuery(text, cursor);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes no time even for long nonsense', () => {
    const before = process.cpuUsage();
    for (const text of ['"'.repeat(8192), 'a '.repeat(4096), '\\'.repeat(8192), `a${' '.repeat(8191)}`]) {
      completeQuery(text, text.length);
    }
    // Some milliseconds of processor time, which a busy machine does not stretch.
    expect(process.cpuUsage(before).user / 1e3).toBeLessThan(500);
  });
});
