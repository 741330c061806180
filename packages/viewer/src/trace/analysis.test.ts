import { describe, expect, it } from 'vitest';
import { criticalNanos, indexCriticalPath, longestHoldUp } from './analysis.ts';
import { formatCollapse, parseCollapse, toggleCollapse } from './collapse.ts';

describe('a critical path by row', () => {
  it('finds each row’s stretches, in their order', () => {
    const path = {
      rows: Uint32Array.from([0, 2, 0]),
      startNanos: Float64Array.from([0, 10, 30]),
      endNanos: Float64Array.from([10, 30, 35]),
    };
    const index = indexCriticalPath(path, 3);
    expect([...index.offsets]).toEqual([0, 2, 2, 3]);
    expect([0, 1, 2].map((row) => criticalNanos(index, row))).toEqual([15, 0, 20]);
    expect(longestHoldUp(index)).toEqual({ row: 2, nanos: 20 });
  });
});

describe('what is collapsed', () => {
  const id = '00000000000000ab';

  it('survives the way through the address', () => {
    const rules = { depth: 3, services: ['a,b', 'c'], closed: [id], opened: ['00000000000000cd'] };
    expect(parseCollapse(formatCollapse(rules))).toEqual(rules);
    expect(formatCollapse(parseCollapse(undefined))).toBeUndefined();
  });

  it('opens what a rule closed and closes it again', () => {
    const rules = parseCollapse('d1');
    const opened = toggleCollapse(rules, id, true);
    expect(opened.opened).toEqual([id]);
    expect(toggleCollapse(opened, id, false)).toEqual({ ...rules, closed: [id], opened: [] });
  });
});
