import { visibleRows } from '@utxoiq/model';
import { useMemo, useState } from 'react';
import type { TraceDocument } from '../trace/trace-document.ts';
import { useAnalysis, useLateAnalysis } from '../trace/use-analysis.ts';
import { Minimap } from '../trace/waterfall/minimap.tsx';
import type { TimeWindow } from '../trace/waterfall/time-window.ts';
import { Waterfall } from '../trace/waterfall/waterfall.tsx';
import '../trace/trace.css';

interface OneSideProps {
  readonly name: string;
  readonly trace: TraceDocument;
  /** Both sides on the time scale of the longer one, until one zooms. */
  readonly commonNanos: number;
}

function OneSide({ name, trace, commonNanos }: OneSideProps) {
  const own = useAnalysis(trace.outline, false);
  const analysis = useMemo(() => ({ ...own, durationNanos: commonNanos }), [own, commonNanos]);
  const late = useLateAnalysis(analysis);
  const [window, setWindow] = useState<TimeWindow>({ from: 0, to: commonNanos });
  const [selectedRow, setSelectedRow] = useState(-1);
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const visible = useMemo(() => visibleRows(analysis.tree, collapsed), [analysis.tree, collapsed]);
  const toggle = (row: number) => {
    const next = new Set(collapsed);
    if (!next.delete(row)) next.add(row);
    setCollapsed(next);
  };
  return (
    <section className="trace-main" aria-label={name}>
      <Minimap analysis={analysis} window={window} onWindow={setWindow} />
      <Waterfall
        analysis={analysis}
        visible={visible}
        collapsed={collapsed}
        matches={null}
        critical={late?.critical ?? null}
        self={late?.self ?? null}
        window={window}
        onWindow={setWindow}
        selectedRow={selectedRow}
        onSelect={(row) => setSelectedRow(row)}
        onToggle={toggle}
      />
    </section>
  );
}

export function SideBySide({ a, b }: { a: TraceDocument; b: TraceDocument }) {
  const left = useAnalysis(a.outline, false);
  const right = useAnalysis(b.outline, false);
  const commonNanos = Math.max(left.durationNanos, right.durationNanos, 1);
  return (
    <div className="side-by-side">
      <OneSide name="Trace A" trace={a} commonNanos={commonNanos} />
      <OneSide name="Trace B" trace={b} commonNanos={commonNanos} />
    </div>
  );
}
