import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSpan } from '../../test/make-span.ts';
import { randomTrace } from '../../test/random-trace.ts';
import { shapedOutline } from '../../test/shaped-outline.ts';
import { type SlowNode, slowCriticalPath, slowPath, slowSelfTime, slowTree } from '../../test/slow-trace.ts';
import { buildOutline } from './build-outline.ts';
import { buildCallTree } from './call-tree.ts';
import { adjustClockSkew } from './clock-skew.ts';
import { criticalPath } from './critical-path.ts';
import { diffTraces } from './diff.ts';
import { decodeOutline, encodeOutline } from './encode-outline.ts';
import { flameBoxes, flameLanes } from './flame-graph.ts';
import { searchOutline } from './search.ts';
import { selfTimes } from './self-time.ts';
import { totals } from './totals.ts';
import { buildTree } from './tree.ts';

function analysed(spans: Parameters<typeof buildOutline>[0]) {
  const outline = buildOutline(spans);
  return { outline, tree: buildTree(outline) };
}

function stretches({ outline, tree }: ReturnType<typeof analysed>, row?: number) {
  const path = criticalPath(outline, tree, row);
  return [...path.rows].map((at, i) => [at, path.startNanos[i], path.endNanos[i]]);
}

describe('every analysis', () => {
  it.each([
    ['a chain', (row: number) => row],
    ['children of one parent', (row: number) => (row === 0 ? 0 : 1)],
    ['spans without parent', () => 0],
  ])('takes 100,000 spans that are %s', (_, parentOf) => {
    const outline = shapedOutline(100_000, parentOf);
    const tree = buildTree(outline);
    expect(criticalPath(outline, tree).rows.length).toBeGreaterThan(0);
    expect(totals(outline, selfTimes(outline, tree), 'operation')).toMatchObject([{ count: 100_000 }]);
    expect(flameLanes(outline, tree).laneCount).toBe(100_000);
    expect(diffTraces({ outline, tree }, { outline, tree }).nodes[0]).toMatchObject({ status: 'same' });
    expect(adjustClockSkew(outline, tree).shiftedCount).toBe(0);
    const { parentSpanIds } = decodeOutline(encodeOutline(outline));
    expect(parentSpanIds.every((id, row) => id === outline.parentSpanIds[row])).toBe(true);
  });
});

describe('criticalPath', () => {
  it('agrees with the obvious walk from every row of random traces, and covers the row exactly', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const trace = analysed(spans);
        for (const node of slowTree(spans)) {
          const path = stretches(trace, node.row);
          expect(path).toEqual(slowCriticalPath(node));
          expect(path.reduce((sum, [, from = 0, to = 0]) => sum + to - from, 0)).toBe(node.end - node.start);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('waits for the child that finished last, then for the one before it', () => {
    const trace = analysed([
      makeSpan({ spanId: '1', startMs: 0, endMs: 100 }),
      makeSpan({ spanId: '2', parentSpanId: '1', startMs: 10, endMs: 40 }),
      makeSpan({ spanId: '3', parentSpanId: '1', startMs: 20, endMs: 60 }),
      makeSpan({ spanId: '4', parentSpanId: '1', startMs: 60, endMs: 90 }),
    ]);
    expect(stretches(trace)).toEqual([
      [0, 0, 20e6],
      [2, 20e6, 60e6],
      [3, 60e6, 90e6],
      [0, 90e6, 100e6],
    ]);
  });

  it('counts an asynchronous child up to the end of its parent, and not at all if it starts after it', () => {
    const trace = analysed([
      makeSpan({ spanId: '1', startMs: 0, endMs: 10 }),
      makeSpan({ spanId: '2', parentSpanId: '1', startMs: 5, endMs: 50 }),
      makeSpan({ spanId: '3', parentSpanId: '1', startMs: 20, endMs: 60 }),
    ]);
    expect(stretches(trace)).toEqual([
      [0, 0, 5e6],
      [1, 5e6, 10e6],
    ]);
  });

  it('is empty for an empty trace', () => {
    expect(stretches(analysed([]))).toEqual([]);
  });
});

describe('selfTimes and totals', () => {
  it('agree with counting for random traces', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const { outline, tree } = analysed(spans);
        const nodes = slowTree(spans);
        const self = selfTimes(outline, tree);
        expect([...self]).toEqual(nodes.map(slowSelfTime));
        const rows = totals(outline, self, 'operation');
        expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(nodes.length);
        for (const row of rows) {
          const group = nodes.filter(
            ({ span }) =>
              span.name === row.name && span.resource.attributes.get('service.name') === row.service,
          );
          const durations = group.map(({ start, end }) => end - start).sort((a, b) => a - b);
          expect(row).toMatchObject({
            count: group.length,
            errors: group.filter(({ span }) => span.status.code === 2).length,
            totalNanos: durations.reduce((sum, nanos) => sum + nanos, 0),
            selfNanos: group.reduce((sum, node) => sum + slowSelfTime(node), 0),
            minNanos: durations[0],
            maxNanos: durations.at(-1),
            medianNanos: durations[Math.ceil(durations.length / 2) - 1],
          });
        }
        expect(new Set(totals(outline, self, 'service').map(({ service }) => service)).size).toBe(
          new Set(nodes.map(({ span }) => span.resource.attributes.get('service.name'))).size,
        );
      }),
    );
  });
});

describe('diffTraces', () => {
  it('aligns by the chain of service and name, counted the obvious way', () => {
    fc.assert(
      fc.property(randomTrace(), randomTrace(), (left, right) => {
        const { nodes, callTree } = diffTraces(analysed(left), analysed(right));
        const counts = (spans: SlowNode[], path: string) =>
          spans.filter((node) => slowPath(node) === path).length;
        const [leftNodes, rightNodes] = [slowTree(left), slowTree(right)];
        const paths = new Set([...leftNodes, ...rightNodes].map(slowPath));
        const found = nodes.map(({ node }) => pathOf(callTree, node));
        expect(new Set(found)).toEqual(paths);
        expect(found).toHaveLength(paths.size);
        nodes.forEach((node, i) => {
          expect(node.left.count).toBe(counts(leftNodes, found[i] ?? ''));
          expect(node.right.count).toBe(counts(rightNodes, found[i] ?? ''));
        });
      }),
    );
  });

  it('says what was added, removed or called more often', () => {
    const call = (spanId: string, name: string, endMs: number) =>
      makeSpan({ spanId, parentSpanId: '1', name, startMs: 0, endMs });
    const root = makeSpan({ spanId: '1', name: 'root', endMs: 10 });
    const left = analysed([root, call('2', 'same', 1), call('3', 'gone', 1), call('4', 'more', 1)]);
    const right = analysed([
      root,
      call('2', 'same', 5),
      call('3', 'new', 1),
      call('4', 'more', 1),
      call('5', 'more', 1),
    ]);
    const rows = diffTraces(left, right).nodes.map(({ name, status, depth, deltaNanos }) => [
      name,
      status,
      depth,
      deltaNanos,
    ]);
    expect(rows).toEqual([
      ['root', 'same', 0, 0],
      ['same', 'same', 1, 4e6],
      ['gone', 'removed', 1, -1e6],
      ['more', 'more', 1, 1e6],
      ['new', 'added', 1, 1e6],
    ]);
  });
});

function pathOf({ forest, services, names }: ReturnType<typeof buildCallTree>, node: number): string {
  const here = `${services[node]}:${names[node]}`;
  const parent = forest.parentRows[node] ?? -1;
  return parent < 0 ? here : `${pathOf({ forest, services, names, sides: [] }, parent)}>${here}`;
}

describe('flame graphs', () => {
  it('gives every span the first lane below its parent that is free', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const { outline, tree } = analysed(spans);
        const { lanes, laneCount } = flameLanes(outline, tree);
        expect(laneCount).toBe(Math.max(0, ...[...lanes].map((lane) => lane + 1)));
        const interval = (row: number) => {
          const start = outline.startNanos[row] ?? 0;
          return [start, start + Math.max(1, outline.durationNanos[row] ?? 0)] as const;
        };
        for (let row = 0; row < outline.size; row++) {
          const parent = tree.parentRows[row] ?? -1;
          if (parent >= 0) expect(lanes[row]).toBeGreaterThan(lanes[parent] ?? 0);
          for (let other = 0; other < row; other++) {
            const [start, end] = interval(row);
            const [otherStart, otherEnd] = interval(other);
            if (lanes[other] === lanes[row]) expect(start >= otherEnd || otherStart >= end).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('uses a lane again as soon as it is free', () => {
    const child = (spanId: string, startMs: number, endMs: number) =>
      makeSpan({ spanId, parentSpanId: '1', startMs, endMs });
    const { outline, tree } = analysed([
      makeSpan({ spanId: '1', startMs: 0, endMs: 100 }),
      child('2', 0, 50),
      child('3', 10, 20),
      child('4', 20, 30),
      child('5', 50, 60),
    ]);
    expect([...flameLanes(outline, tree).lanes]).toEqual([0, 1, 2, 2, 1]);
  });

  it('folds into boxes that nest and that are as wide as the self times in them', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const { outline, tree } = analysed(spans);
        const callTree = buildCallTree([{ outline, tree }]);
        const { x, widths, totalNanos } = flameBoxes(callTree);
        expect(totalNanos).toBe(selfTimes(outline, tree).reduce((sum, nanos) => sum + nanos, 0));
        callTree.forest.parentRows.forEach((parent, node) => {
          const [from = 0, width = 0] = [x[node], widths[node]];
          const [outerFrom, outerTo] =
            parent < 0 ? [0, totalNanos] : [x[parent] ?? 0, (x[parent] ?? 0) + (widths[parent] ?? 0)];
          expect(from).toBeGreaterThanOrEqual(outerFrom);
          expect(from + width).toBeLessThanOrEqual(outerTo);
        });
      }),
    );
  });
});

describe('adjustClockSkew', () => {
  it("centres another service's child in its parent and takes along what is below it", () => {
    const { outline, tree } = analysed([
      makeSpan({ spanId: '1', service: 'web', startMs: 100, endMs: 200 }),
      makeSpan({ spanId: '2', parentSpanId: '1', service: 'db', startMs: 20, endMs: 80 }),
      makeSpan({ spanId: '3', parentSpanId: '2', service: 'db', startMs: 30, endMs: 40 }),
    ]);
    const adjusted = adjustClockSkew(outline, tree);
    expect(adjusted.shiftedCount).toBe(2);
    expect([...adjusted.originalRows]).toEqual([2, 0, 1]);
    expect([...adjusted.outline.startNanos]).toEqual([0, 20e6, 30e6]);
    expect([...adjusted.shiftsNanos]).toEqual([0, 100e6, 100e6]);
    expect(adjusted.outline.startUnixNano - outline.startUnixNano).toBe(80_000_000n);
  });

  it('leaves alone what fits, what is of the same service and what has no parent', () => {
    const { outline, tree } = analysed([
      makeSpan({ spanId: '1', service: 'web', startMs: 0, endMs: 10 }),
      makeSpan({ spanId: '2', parentSpanId: '1', service: 'db', startMs: 2, endMs: 8 }),
      makeSpan({ spanId: '3', parentSpanId: '1', service: 'web', startMs: 20, endMs: 30 }),
      makeSpan({ spanId: '4', parentSpanId: '9', service: 'db', startMs: 90, endMs: 99 }),
    ]);
    expect(adjustClockSkew(outline, tree)).toMatchObject({ outline, shiftedCount: 0 });
  });

  it('leaves no child of another service outside a longer parent', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const { outline, tree } = analysed(spans);
        const { outline: after, originalRows } = adjustClockSkew(outline, tree);
        expect([...originalRows].sort((a, b) => a - b)).toEqual([...tree.parentRows.keys()]);
        expect([...after.startNanos]).toEqual([...after.startNanos].sort((a, b) => a - b));
        const rowAfter = new Map([...originalRows].map((row, i) => [row, i]));
        tree.parentRows.forEach((parent, row) => {
          if (parent < 0 || outline.serviceIndexes[parent] === outline.serviceIndexes[row]) return;
          const [child = 0, above = 0] = [rowAfter.get(row), rowAfter.get(parent)];
          const [childStart = 0, aboveStart = 0] = [after.startNanos[child], after.startNanos[above]];
          const [childLength = 0, aboveLength = 0] = [after.durationNanos[child], after.durationNanos[above]];
          expect(childStart).toBeGreaterThanOrEqual(aboveStart);
          if (childLength <= aboveLength)
            expect(childStart + childLength).toBeLessThanOrEqual(aboveStart + aboveLength);
        });
      }),
    );
  });
});

describe('searchOutline', () => {
  const outline = buildOutline([
    makeSpan({ spanId: 'a', name: 'GET /Insights', service: 'web', startMs: 0 }),
    makeSpan({ spanId: 'b', name: 'SELECT', service: 'insight-db', status: 2, startMs: 1 }),
    makeSpan({ spanId: 'c', name: 'parse', service: 'web', startMs: 2 }),
  ]);

  it('finds names and services in any case, and a span by its id', () => {
    expect([...searchOutline(outline, ' insight ')]).toEqual([0, 1]);
    expect([...searchOutline(outline, '000000000000000C')]).toEqual([2]);
    expect([...searchOutline(outline, 'nothing')]).toEqual([]);
    expect([...searchOutline(outline, '')]).toEqual([0, 1, 2]);
    expect([...searchOutline(outline, '', { errorsOnly: true })]).toEqual([1]);
  });
});
