import { describe, expect, it } from 'vitest';
import { KeySequence } from './key-sequence.ts';

describe('keys as they are pressed', () => {
  const bound = new Set(['?', 'n', 'Shift+N', 'e', 'g e']);
  const press = (...keys: string[]) => {
    const sequence = new KeySequence<string>();
    return keys.map((key) => sequence.next(key, 0, (keys) => (bound.has(keys) ? keys : undefined)) ?? '');
  };

  it('count the Shift that a keyboard sends before them as none of their own', () => {
    expect(press('Shift+Shift', '?')).toEqual(['', '?']);
    expect(press('Shift+Shift', 'Shift+N')).toEqual(['', 'Shift+N']);
    expect(press('g', 'Mod+Control', 'e')).toEqual(['', '', 'g e']);
  });

  it('mean something after one that means nothing', () => {
    expect(press('x', 'n', 'Escape', 'e')).toEqual(['', 'n', '', 'e']);
  });

  it('mean two in a row only when they come close together', () => {
    const sequence = new KeySequence<string>();
    const find = (keys: string) => (bound.has(keys) ? keys : undefined);
    expect(sequence.next('g', 0, find)).toBeUndefined();
    expect(sequence.next('e', 900, find)).toBe('g e');
    expect(sequence.next('g', 2000, find)).toBeUndefined();
    expect(sequence.next('e', 3100, find)).toBe('e');
  });
});
