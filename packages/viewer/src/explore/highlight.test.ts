import { describe, expect, it } from 'vitest';
import { highlight, markPieces } from './highlight.ts';

describe('the colours of a filter', () => {
  it('lose no character', () => {
    for (const text of [
      '',
      'a=1 OR NOT b>"x y"',
      '(service=web-api status!=error) latency:1s',
      'half="open',
      '  ',
    ]) {
      expect(
        highlight(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });

  it('tell keys, operators and values apart', () => {
    expect(highlight('a>=1 OR').map(({ kind }) => kind)).toEqual([
      'key',
      'operator',
      'value',
      'plain',
      'word',
    ]);
  });

  it('mark exactly the faulty part, also across pieces', () => {
    const pieces = markPieces(highlight('abc=def'), 2, 5);
    expect(
      pieces
        .filter(({ bad }) => bad)
        .map(({ text }) => text)
        .join(''),
    ).toBe('c=d');
    expect(pieces.map(({ text }) => text).join('')).toBe('abc=def');
  });
});
