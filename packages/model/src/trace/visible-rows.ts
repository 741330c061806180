import { at, type Forest } from './forest.ts';
import type { TraceOutline } from './outline.ts';

/** The rows a waterfall shows, top to bottom: all but those under a collapsed row. O(rows shown). */
export function visibleRows(tree: Forest, collapsed: ReadonlySet<number>): Uint32Array {
  if (collapsed.size === 0) return tree.order;
  const rows = new Uint32Array(tree.size);
  let count = 0;
  for (let position = 0; position < tree.size; ) {
    const row = at(tree.order, position);
    rows[count++] = row;
    position += collapsed.has(row) ? at(tree.subtreeSizes, row) : 1;
  }
  return rows.subarray(0, count);
}

/** The rows to collapse so that nothing deeper than `depth` shows (the top has depth 0). */
export function collapseBelowDepth(tree: Forest, depth: number): Set<number> {
  return collapseWhere(tree, (row) => at(tree.depths, row) === depth);
}

/** The rows to collapse so that a service's calls show without what they called. */
export function collapseService(tree: Forest, outline: TraceOutline, serviceIndex: number): Set<number> {
  return collapseWhere(tree, (row) => at(outline.serviceIndexes, row) === serviceIndex);
}

function collapseWhere(tree: Forest, chosen: (row: number) => boolean): Set<number> {
  const collapsed = new Set<number>();
  for (let row = 0; row < tree.size; row++) if (hasChildren(tree, row) && chosen(row)) collapsed.add(row);
  return collapsed;
}

/** Whether a row can be collapsed. */
export function hasChildren(tree: Forest, row: number): boolean {
  return at(tree.subtreeSizes, row) > 1;
}

/** The rows above `row`, nearest first. */
export function ancestorsOf(tree: Forest, row: number): number[] {
  const ancestors: number[] = [];
  for (let above = at(tree.parentRows, row); above >= 0; above = at(tree.parentRows, above))
    ancestors.push(above);
  return ancestors;
}

/** Some rows and all above them, in the order of the waterfall: what stays when the rest is filtered away. */
export function withAncestors(tree: Forest, rows: Iterable<number>): Uint32Array {
  const kept = new Uint8Array(tree.size);
  for (const row of rows) {
    for (let up = row; up >= 0 && kept[up] === 0; up = at(tree.parentRows, up)) kept[up] = 1;
  }
  return tree.order.filter((row) => kept[row] === 1);
}
