import { describe, expect, it } from 'vitest';
import { DictionaryColumn, encodeBlock, MapColumn, PlainColumn } from './columns.ts';
import { readNative } from './native-reader.ts';

const TEXTS = [
  '',
  'a',
  'ü',
  '漢字',
  '😀',
  'x'.repeat(42),
  'x'.repeat(43),
  'ü'.repeat(42),
  'é'.repeat(200),
  '\0',
];

describe('a block of the Native format', () => {
  it('holds texts of every length and script', () => {
    const column = new PlainColumn('String');
    for (const text of TEXTS) column.values.text(text);
    const result = readNative(encodeBlock([['t', column]], TEXTS.length));
    expect([...(result.column('t') as string[])]).toEqual(TEXTS);
  });

  it('has dictionaries of one, two and four bytes per row', () => {
    for (const distinct of [10, 300, 70_000]) {
      const column = new DictionaryColumn();
      for (let row = 0; row < distinct; row++) column.add(`value ${row}`);
      const result = readNative(encodeBlock([['d', column]], distinct));
      expect(result.column<string[]>('d')[distinct - 1]).toBe(`value ${distinct - 1}`);
    }
  });

  it('is empty again after clear', () => {
    const column = new MapColumn(new PlainColumn('Int64'));
    for (const value of [1n, -(2n ** 63n)]) {
      column.clear();
      column.keys.add('k');
      column.values.values.i64(value);
      column.endRow(1);
      column.endRow(0);
      const result = readNative(encodeBlock([['m', column]], 2));
      expect(result.column('m')).toEqual([new Map([['k', value]]), new Map()]);
    }
  });
});
