import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSpan } from '../../test/make-span.ts';
import { randomTrace } from '../../test/random-trace.ts';
import { shapedOutline } from '../../test/shaped-outline.ts';
import { slowDepth, slowOrder, slowTree } from '../../test/slow-trace.ts';
import { buildOutline } from './build-outline.ts';
import { buildTree, TreeIssue } from './tree.ts';
import {
  ancestorsOf,
  collapseBelowDepth,
  collapseService,
  visibleRows,
  withAncestors,
} from './visible-rows.ts';

describe('buildTree', () => {
  it('agrees with the obvious tree for random traces, orphans and cycles included', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const nodes = slowTree(spans);
        const tree = buildTree(buildOutline(spans));
        expect([...tree.parentRows]).toEqual(nodes.map(({ parent }) => parent?.row ?? -1));
        expect([...tree.order]).toEqual(slowOrder(nodes));
        expect([...tree.depths]).toEqual(nodes.map(slowDepth));
        expect([...tree.subtreeSizes]).toEqual(
          nodes.map((node) => slowOrder([{ ...node, parent: null }]).length),
        );
        expect([...tree.issues]).toEqual(
          nodes.map(({ orphan, cut }) => (orphan ? TreeIssue.missingParent : cut ? TreeIssue.cycle : 0)),
        );
        const root =
          nodes.find(({ span }) => span.parentSpanId === null) ?? nodes.find(({ parent }) => parent === null);
        expect(tree.rootRow).toBe(root?.row ?? -1);
        tree.order.forEach((row, position) => {
          expect(tree.positions[row]).toBe(position);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('places every row exactly once, also with shared ids', () => {
    fc.assert(
      fc.property(randomTrace({ duplicates: true }), (spans) => {
        const tree = buildTree(buildOutline(spans));
        expect([...tree.order].sort((a, b) => a - b)).toEqual([...tree.parentRows.keys()]);
      }),
      { numRuns: 500 },
    );
  });

  it("puts the server's half of a shared id under the client's, and children under their own service", () => {
    const spans = [
      makeSpan({ spanId: '1', name: 'root', service: 'web', kind: 2, startMs: 0, endMs: 10 }),
      makeSpan({
        spanId: '2',
        parentSpanId: '1',
        name: 'call',
        service: 'web',
        kind: 3,
        startMs: 1,
        endMs: 9,
      }),
      makeSpan({
        spanId: '2',
        parentSpanId: '1',
        name: 'served',
        service: 'db',
        kind: 2,
        startMs: 2,
        endMs: 8,
      }),
      makeSpan({ spanId: '3', parentSpanId: '2', name: 'query', service: 'db', startMs: 3, endMs: 7 }),
      makeSpan({ spanId: '4', parentSpanId: '2', name: 'parse', service: 'web', startMs: 8.5, endMs: 9 }),
    ];
    const tree = buildTree(buildOutline(spans));
    expect([...tree.parentRows]).toEqual([-1, 0, 1, 2, 1]);
    expect([...tree.issues]).toEqual([0, 4, 4, 0, 0]);
  });

  it('takes a chain of 100,000 spans and 100,000 children of one parent without recursion', () => {
    const size = 100_000;
    const chain = buildTree(shapedOutline(size, (row) => row));
    expect(chain.depths[size - 1]).toBe(size - 1);
    expect(chain.subtreeSizes[0]).toBe(size);
    const star = buildTree(shapedOutline(size, (row) => (row === 0 ? 0 : 1)));
    expect(star.childOffsets[1]).toBe(size - 1);
    const ring = buildTree(shapedOutline(size, (row) => (row === 0 ? size : row)));
    expect(ring.issues[0]).toBe(TreeIssue.cycle);
    expect(ring.depths[size - 1]).toBe(size - 1);
    expect(buildTree(shapedOutline(0, () => 0)).rootRow).toBe(-1);
  });

  it('takes a trace in which all spans have the same id', () => {
    const outline = shapedOutline(50_000, () => 1);
    outline.spanIds.fill(1n);
    expect(buildTree(outline).order).toHaveLength(50_000);
  });
});

describe('visible rows', () => {
  const spans = [
    makeSpan({ spanId: '1', service: 'web', startMs: 0 }),
    makeSpan({ spanId: '2', parentSpanId: '1', service: 'db', startMs: 1 }),
    makeSpan({ spanId: '3', parentSpanId: '2', service: 'disk', startMs: 2 }),
    makeSpan({ spanId: '4', parentSpanId: '1', service: 'db', startMs: 3 }),
    makeSpan({ spanId: '5', parentSpanId: '4', service: 'disk', startMs: 4 }),
  ];
  const outline = buildOutline(spans);
  const tree = buildTree(outline);

  it('hides what is under a collapsed row', () => {
    expect([...visibleRows(tree, new Set())]).toEqual([0, 1, 2, 3, 4]);
    expect([...visibleRows(tree, new Set([1]))]).toEqual([0, 1, 3, 4]);
    expect([...visibleRows(tree, new Set([0, 1]))]).toEqual([0]);
  });

  it('collapses by depth and by service, and finds the way up', () => {
    expect(collapseBelowDepth(tree, 1)).toEqual(new Set([1, 3]));
    expect(collapseService(tree, outline, outline.services.indexOf('db'))).toEqual(new Set([1, 3]));
    expect(collapseService(tree, outline, outline.services.indexOf('disk'))).toEqual(new Set());
    expect(ancestorsOf(tree, 4)).toEqual([3, 0]);
    expect([...withAncestors(tree, [2])]).toEqual([0, 1, 2]);
  });

  it('agrees with asking every row for a collapsed one above it', () => {
    fc.assert(
      fc.property(randomTrace(), fc.array(fc.nat(13)), (random, chosen) => {
        const forest = buildTree(buildOutline(random));
        const collapsed = new Set(chosen);
        const expected = [...forest.order].filter(
          (row) => !ancestorsOf(forest, row).some((above) => collapsed.has(above)),
        );
        expect([...visibleRows(forest, collapsed)]).toEqual(expected);
      }),
    );
  });
});
