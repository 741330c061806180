import { describe, expect, it } from 'vitest';
import { layoutMap, nodeHeight } from './layout.ts';

const edge = (parent: string, child: string, count = 1) => ({ parent, child, count });

describe('the layout of the dependency map', () => {
  it('puts callers left of whom they call', () => {
    const { nodes } = layoutMap([], [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')]);
    const x = (name: string) => nodes.get(name)?.x ?? Number.NaN;
    expect(x('a')).toBeLessThan(x('b'));
    expect(x('b')).toBeLessThan(x('c'));
  });

  it('places every service of a cycle, and one that calls itself', () => {
    const { nodes } = layoutMap(['lonely'], [edge('a', 'b', 9), edge('b', 'a', 1), edge('a', 'a')]);
    expect([...nodes.keys()].sort()).toEqual(['a', 'b', 'lonely']);
    expect(nodes.get('a')?.x).toBeLessThan(nodes.get('b')?.x ?? 0);
  });

  it('never puts two services on each other', () => {
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const { nodes, height } = layoutMap(
      names,
      names.slice(1).map((name) => edge('s0', name)),
    );
    const placed = [...nodes.values()];
    for (const a of placed) {
      expect(a.y).toBeGreaterThanOrEqual(0);
      expect(a.y + nodeHeight).toBeLessThanOrEqual(height);
      for (const b of placed)
        if (a !== b && a.x === b.x) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(nodeHeight);
    }
  });

  it('gives the same picture for the same services in any order', () => {
    const edges = [edge('a', 'b'), edge('a', 'c'), edge('c', 'd')];
    expect(layoutMap([], edges)).toEqual(layoutMap([], [...edges].reverse()));
  });

  it('puts services without calls below, within the width of the page', () => {
    const alone = ['x', 'y', 'z'];
    const { nodes, aloneTop } = layoutMap([...alone, 'a'], [edge('a', 'b')], { availableWidth: 400 });
    const graphEnd = Math.max(...['a', 'b'].map((name) => (nodes.get(name)?.y ?? 0) + nodeHeight));
    expect(aloneTop).toBeGreaterThanOrEqual(graphEnd);
    for (const name of alone) {
      const { x = 0, y = 0, width = 0 } = nodes.get(name) ?? {};
      expect(y).toBeGreaterThan(aloneTop ?? 0);
      expect(x + width).toBeLessThanOrEqual(400);
    }
  });
});
