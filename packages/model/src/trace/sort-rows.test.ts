import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortRows } from './sort-rows.ts';

it('sorts like a stable sort with a comparison', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
      const keys = Float64Array.from(values);
      const rows = Uint32Array.from(keys.keys()).reverse();
      expect([...sortRows(rows, keys)]).toEqual([...rows].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)));
    }),
  );
});
