import {
  buildTree,
  criticalPath,
  selfTimes,
  type TraceOutline,
  type TraceTree,
  traceLength,
} from '@utxoiq/model';
import { useEffect, useMemo, useState } from 'react';
import { type CriticalIndex, indexCriticalPath } from './analysis.ts';
import { useAnalysisTask } from './heavy/use-analysis-task.ts';

export interface Analysis {
  readonly outline: TraceOutline;
  readonly tree: TraceTree;
  readonly durationNanos: number;
  /** Rows that the skew adjustment moved; 0 when it is off. */
  readonly shiftedCount: number;
  readonly skew: 'off' | 'running' | 'done' | 'failed';
}

/** What the first paint needs. Until adjusted times are there, the recorded ones are shown. */
export function useAnalysis(original: TraceOutline, adjustSkew: boolean): Analysis {
  const task = useMemo(
    () => (adjustSkew ? { kind: 'skew' as const, outline: original } : null),
    [original, adjustSkew],
  );
  const answer = useAnalysisTask(task);
  const adjusted = answer?.status === 'done' ? answer.result : null;
  const skew = answer?.status ?? 'off';
  const outline = adjusted?.outline ?? original;
  const shiftedCount = adjusted?.shiftedCount ?? 0;
  const tree = useMemo(() => buildTree(outline), [outline]);
  return useMemo(
    () => ({ outline, tree, durationNanos: traceLength(outline), shiftedCount, skew }),
    [outline, tree, shiftedCount, skew],
  );
}

export interface LateAnalysis {
  readonly critical: CriticalIndex;
  readonly self: Float64Array;
}

/** What may follow the first paint: on a million spans it takes a second. */
export function useLateAnalysis({ outline, tree }: Analysis): LateAnalysis | null {
  const [done, setDone] = useState<{ of: TraceTree; late: LateAnalysis } | null>(null);
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        const critical = indexCriticalPath(criticalPath(outline, tree), outline.size);
        setDone({ of: tree, late: { critical, self: selfTimes(outline, tree) } });
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [outline, tree]);
  return done?.of === tree ? done.late : null;
}
