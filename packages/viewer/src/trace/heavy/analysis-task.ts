import {
  adjustClockSkew,
  buildTree,
  type ClockSkewAdjustment,
  diffTraces,
  type FlameLanes,
  flameLanes,
  type TraceDiff,
  type TraceOutline,
} from '@utxoiq/model';

/** An analysis that takes longer than a frame on a large trace. */
export type AnalysisTask =
  | { readonly kind: 'lanes'; readonly outline: TraceOutline }
  | { readonly kind: 'skew'; readonly outline: TraceOutline }
  | { readonly kind: 'diff'; readonly outline: TraceOutline; readonly other: TraceOutline };

export interface AnalysisResults {
  readonly lanes: FlameLanes;
  readonly skew: ClockSkewAdjustment;
  readonly diff: TraceDiff;
}
export type ResultOf<Task extends AnalysisTask> = AnalysisResults[Task['kind']];

/** The page and the worker both run this: what it gives does not depend on where. */
export function runTask<Task extends AnalysisTask>(task: Task): ResultOf<Task>;
export function runTask(task: AnalysisTask): AnalysisResults[AnalysisTask['kind']] {
  const { outline } = task;
  const tree = buildTree(outline);
  if (task.kind === 'lanes') return flameLanes(outline, tree);
  if (task.kind === 'skew') return adjustClockSkew(outline, tree);
  return diffTraces({ outline, tree }, { outline: task.other, tree: buildTree(task.other) });
}

/** Up to here an analysis takes less than a frame or two, and copying it to a worker would take as long. */
const maxSpansAtOnce = 20_000;

export function isLarge(task: AnalysisTask): boolean {
  return task.outline.size + (task.kind === 'diff' ? task.other.size : 0) > maxSpansAtOnce;
}
