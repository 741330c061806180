import { describe, expect, it } from 'vitest';
import { curvesOf, labelHeight, pathOf, placeLabels } from './edge-path.ts';
import { layoutMap, nodeHeight } from './layout.ts';

describe('the lines of the map', () => {
  it('go around the services of the columns they pass', () => {
    const edges = [
      { parent: 'a', child: 'b', count: 9 },
      { parent: 'b', child: 'c', count: 9 },
      { parent: 'a', child: 'c', count: 5 },
    ];
    const { nodes, routes } = layoutMap([], edges, { widthOf: (name) => (name === 'b' ? 240 : 160) });
    const between = routes.get('a\nc') ?? [];
    const b = nodes.get('b');
    expect(between).toHaveLength(4);
    expect(b?.width).toBe(240);
    for (const { y } of between.slice(1, 3)) {
      const isOutside = y < (b?.y ?? 0) || y > (b?.y ?? 0) + nodeHeight;
      expect(isOutside).toBe(true);
    }
    expect(pathOf(curvesOf(between))).toMatch(/^M[^M]*C[^M]*L[^M]*C[^M]*$/);
  });

  it('have labels that cover neither each other nor a service, or none', () => {
    const line = (y: number) => ({
      width: 40,
      curves: curvesOf([
        { x: 0, y },
        { x: 200, y },
      ]),
    });
    const node = { x: 80, y: -10, width: 40, height: 20 };
    const labels = placeLabels([line(0), line(4), line(0), line(0), line(0), line(50)], [node]);
    const placed = [node, ...labels.filter((label) => label !== null)];
    for (const [index, one] of placed.entries()) {
      for (const other of placed.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart).toBe(true);
      }
    }
    expect(labels.at(-1)).toEqual({ x: 76.5, y: 50 - labelHeight / 2, width: 40, height: labelHeight });
    expect(labels).toContain(null);
  });
});
