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

  it('takes texts as UTF-8 bytes, in plain columns and dictionaries, as it takes strings', () => {
    const plain = new PlainColumn('String');
    const dictionary = new DictionaryColumn();
    const texts = [...TEXTS, ...TEXTS, ...Array.from({ length: 9_000 }, (_, row) => `value ${row % 6_000}`)];
    for (const [row, text] of texts.entries()) {
      const bytes = Buffer.from(`--${text}--`);
      plain.values.utf8(bytes, 2, bytes.length - 4);
      if (text !== '') dictionary.setUtf8(row, bytes, 2, bytes.length - 4);
    }
    const result = readNative(
      encodeBlock(
        [
          ['p', plain],
          ['d', dictionary],
        ],
        texts.length,
      ),
    );
    expect([...(result.column('p') as string[])]).toEqual(texts);
    expect([...(result.column('d') as string[])]).toEqual(texts);
  });

  it('gives a dictionary over all blocks of an answer, each text once', () => {
    const block = (texts: readonly string[]) => {
      const column = new DictionaryColumn();
      for (const text of texts) column.add(text);
      return Buffer.from(encodeBlock([['d', column]], texts.length));
    };
    const blocks = [['b', 'a', 'b'], ['c', 'a', ''], ['b']];
    const result = readNative(Buffer.concat(blocks.map(block)));
    const { values, indexes } = result.dictionary('d');
    expect(Array.from(indexes, (index) => values[index])).toEqual(blocks.flat());
    expect(values).toEqual(['b', 'a', 'c', '']);
    expect([...(result.column('d') as string[])]).toEqual(blocks.flat());
  });

  it('replaces bytes that are not UTF-8', () => {
    const plain = new PlainColumn('String');
    const dictionary = new DictionaryColumn();
    const broken = Buffer.from([0x61, 0xff, 0x62, 0x63, 0x64]);
    for (const row of [0, 1]) {
      plain.values.utf8(broken, 0, 5);
      dictionary.setUtf8(row, broken, 0, 5);
    }
    const columns = [
      ['p', plain],
      ['d', dictionary],
    ] as const;
    const result = readNative(encodeBlock(columns, 2));
    expect([...(result.column('p') as string[])]).toEqual(['a\ufffdbcd', 'a\ufffdbcd']);
    expect([...(result.column('d') as string[])]).toEqual(['a\ufffdbcd', 'a\ufffdbcd']);
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
