import fc from 'fast-check';
import { expect } from 'vitest';
import type { Filter } from '../src/filter/filter.ts';
import type { FilterResult } from '../src/filter/filter-error.ts';
import { anyText } from './any-text.ts';

/** A grammar as its tests ask it. */
export function grammarOf(parse: (text: string) => FilterResult) {
  return {
    /** The tree of a text that is valid. */
    parsed(text: string): Filter | null {
      const result = parse(text);
      if (!result.ok) throw new Error(`${result.error.message} at ${result.error.position}`);
      return result.filter;
    },

    /** Why a text is refused, and the part of it that the error points at. */
    failure(text: string) {
      const result = parse(text);
      if (result.ok) throw new Error(`${text} is valid`);
      const { position, length } = result.error;
      return { ...result.error, at: text.slice(position, position + length) };
    },

    /** Texts of the grammar's own pieces, and any others: errors point into them, trees are printed and read back. */
    holdsForAnyText(
      pieces: readonly string[],
      print: (filter: Filter | null) => string | null,
      numRuns: number,
    ): void {
      const ofPieces = fc.array(fc.constantFrom(...pieces)).map((all) => all.join(''));
      const property = fc.property(fc.oneof(ofPieces, anyText()), (text) => {
        const result = parse(text);
        if (result.ok) {
          const again = print(result.filter);
          if (again !== null) expect(parse(again)).toEqual(result);
        } else {
          expect(result.error.position).toBeGreaterThanOrEqual(0);
          expect(result.error.position + result.error.length).toBeLessThanOrEqual(text.length);
        }
      });
      fc.assert(property, { numRuns });
    },
  };
}
