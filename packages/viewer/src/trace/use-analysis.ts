import {
  adjustClockSkew,
  buildTree,
  criticalPath,
  selfTimes,
  type TraceOutline,
  type TraceTree,
  traceLength,
} from '@utxoiq/model';
import { useEffect, useMemo, useState } from 'react';
import { type CriticalIndex, indexCriticalPath } from './analysis.ts';

export interface Analysis {
  readonly outline: TraceOutline;
  readonly tree: TraceTree;
  readonly durationNanos: number;
  /** Rows that the skew adjustment moved; 0 when it is off. */
  readonly shiftedCount: number;
}

/** What the first paint needs. */
export function useAnalysis(original: TraceOutline, adjustSkew: boolean): Analysis {
  return useMemo(() => {
    const tree = buildTree(original);
    if (!adjustSkew) {
      return { outline: original, tree, durationNanos: traceLength(original), shiftedCount: 0 };
    }
    const { outline, shiftedCount } = adjustClockSkew(original, tree);
    return { outline, tree: buildTree(outline), durationNanos: traceLength(outline), shiftedCount };
  }, [original, adjustSkew]);
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
