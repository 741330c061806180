import { buildCallTree, type CallTree, type TraceWithTree } from './call-tree.ts';
import { at } from './forest.ts';

/** How a node differs from the left trace to the right one, by how often it was called. */
export type DiffStatus = 'added' | 'removed' | 'more' | 'fewer' | 'same';

/** A chain of calls (service and name from the top) in both traces. */
export interface DiffNode {
  /** Row of the call tree's forest. */
  readonly node: number;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly status: DiffStatus;
  readonly left: DiffSide;
  readonly right: DiffSide;
  /** Right minus left, of the sums of durations. */
  readonly deltaNanos: number;
}

/** Its spans in one of the traces; durations and self times are sums, in nanoseconds. */
export interface DiffSide {
  readonly count: number;
  readonly errors: number;
  readonly totalNanos: number;
  readonly selfNanos: number;
}

/** Two traces folded into one tree. */
export interface TraceDiff {
  readonly callTree: CallTree;
  /** Every node before those it called. */
  readonly nodes: readonly DiffNode[];
}

/** Two traces against each other, aligned by the chain of service and name from the top. O(n). */
export function diffTraces(left: TraceWithTree, right: TraceWithTree): TraceDiff {
  const callTree = buildCallTree([left, right]);
  const nodes = Array.from(callTree.forest.order, (node) => diffNode(callTree, node));
  return { callTree, nodes };
}

function diffNode(callTree: CallTree, node: number): DiffNode {
  const left = side(callTree, 0, node);
  const right = side(callTree, 1, node);
  return {
    node,
    depth: at(callTree.forest.depths, node),
    service: callTree.services[node] ?? '',
    name: callTree.names[node] ?? '',
    status: statusOf(left.count, right.count),
    left,
    right,
    deltaNanos: right.totalNanos - left.totalNanos,
  };
}

function side(callTree: CallTree, index: number, node: number): DiffSide {
  const sums = callTree.sides[index];
  if (sums === undefined) return { count: 0, errors: 0, totalNanos: 0, selfNanos: 0 };
  return {
    count: at(sums.counts, node),
    errors: at(sums.errors, node),
    totalNanos: at(sums.totalNanos, node),
    selfNanos: at(sums.selfNanos, node),
  };
}

function statusOf(left: number, right: number): DiffStatus {
  if (left === right) return 'same';
  if (left === 0) return 'added';
  if (right === 0) return 'removed';
  return right > left ? 'more' : 'fewer';
}
