import { SpanKind } from '../span.ts';
import { at, buildForest, type Forest } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { outlineKind } from './outline-flags.ts';
import { halves, SpanIndex } from './span-index.ts';

/** What is wrong with a row's place in the tree, as bits of `TraceTree.issues`. */
export const TreeIssue = {
  /** Its parent is not in the trace (not yet, or lost): it stands at the top. */
  missingParent: 1,
  /** It was its own ancestor; the row that starts first was cut loose and stands at the top. */
  cycle: 2,
  /** Another row has the same span id. */
  duplicateId: 4,
} as const;

/** Who called whom in a trace. Children are in order of start. */
export interface TraceTree extends Forest {
  readonly issues: Uint8Array;
  /** The span without parent that starts first; else the first row at the top; -1 for an empty trace. */
  readonly rootRow: number;
}

/**
 * The tree of a trace's rows. O(n), without recursion. Where several rows have the id of a parent (a client
 * and a server span that share one, as Zipkin's do), the server's half goes under the client's, and a child
 * under the row of its own service.
 */
export function buildTree(outline: TraceOutline): TraceTree {
  const { size } = outline;
  const issues = new Uint8Array(size);
  const parentRows = parentsOf(outline, issues);
  cutCycles(parentRows, issues);
  const forest = buildForest(parentRows);
  const root = outline.parentSpanIds.indexOf(0n);
  return { ...forest, issues, rootRow: root >= 0 ? root : (forest.roots[0] ?? -1) };
}

function parentsOf(outline: TraceOutline, issues: Uint8Array): Int32Array {
  const parents = halves(outline.parentSpanIds);
  const own = halves(outline.spanIds);
  const index = new SpanIndex(outline.spanIds);
  const parentRows = new Int32Array(outline.size).fill(-1);
  for (let row = 0; row < outline.size; row++) {
    if (index.hasDuplicates && isShared(index, own, row)) {
      issues[row] = TreeIssue.duplicateId;
      const caller = callerHalf(outline, index, own, row);
      if (caller >= 0) {
        parentRows[row] = caller;
        continue;
      }
    }
    if (parents[row * 2] === 0 && parents[row * 2 + 1] === 0) continue;
    const parent = index.find(parents, row);
    if (parent < 0) issues[row] = at(issues, row) | TreeIssue.missingParent;
    parentRows[row] = parent < 0 ? -1 : bestOf(outline, index, parent, row);
  }
  return parentRows;
}

function isShared(index: SpanIndex, own: Uint32Array, row: number): boolean {
  return index.nextSame(index.find(own, row)) >= 0;
}

// More rows than this with one id are no pair of halves but a broken sender; the first one serves.
const maxSame = 16;

/** The row with the same id that made the call which this row served; -1 if there is none. */
function callerHalf(outline: TraceOutline, index: SpanIndex, own: Uint32Array, row: number): number {
  if (!serves(outline, row)) return -1;
  let other = index.find(own, row);
  for (let i = 0; other >= 0 && i < maxSame; i++, other = index.nextSame(other)) {
    if (other !== row && calls(outline, other)) return other;
  }
  return -1;
}

/** Of the rows with the parent's id, `first` and after: the one of the child's service, else one that serves. */
function bestOf(outline: TraceOutline, index: SpanIndex, first: number, child: number): number {
  if (index.nextSame(first) < 0) return first;
  let best = first;
  let row = first;
  for (let i = 0; row >= 0 && i < maxSame; i++, row = index.nextSame(row)) {
    if (row === child) continue;
    if (outline.serviceIndexes[row] === outline.serviceIndexes[child]) return row;
    if (best === child || (serves(outline, row) && !serves(outline, best))) best = row;
  }
  return best;
}

function serves(outline: TraceOutline, row: number): boolean {
  const kind = outlineKind(at(outline.flags, row));
  return kind === SpanKind.server || kind === SpanKind.consumer;
}

function calls(outline: TraceOutline, row: number): boolean {
  const kind = outlineKind(at(outline.flags, row));
  return kind === SpanKind.client || kind === SpanKind.producer;
}

/** Walks up from every row once; a walk that meets itself has found a cycle. */
function cutCycles(parentRows: Int32Array, issues: Uint8Array): void {
  const walks = new Int32Array(parentRows.length).fill(-1);
  for (let start = 0; start < parentRows.length; start++) {
    let row = start;
    while (row >= 0 && at(walks, row) < 0) {
      walks[row] = start;
      row = at(parentRows, row);
    }
    if (row >= 0 && at(walks, row) === start) cutCycle(parentRows, issues, row);
  }
}

function cutCycle(parentRows: Int32Array, issues: Uint8Array, member: number): void {
  let first = member;
  for (let row = at(parentRows, member); row !== member; row = at(parentRows, row))
    first = Math.min(first, row);
  parentRows[first] = -1;
  issues[first] = at(issues, first) | TreeIssue.cycle;
}
