import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { Empty, Loading, PartialNotice } from '../design/states.tsx';
import { criticalNanos } from './analysis.ts';
import { formatCollapse, rowOf, spanIdOf } from './collapse.ts';
import { SpanPanel } from './details/span-panel.tsx';
import type { Picture } from './picture.ts';
import type { TraceDocument } from './trace-document.ts';
import { TraceHeader } from './trace-header.tsx';
import { findIn, nextMatch, useFound } from './trace-search.tsx';
import { SkewNotice, TraceTools } from './trace-tools.tsx';
import { type Analysis, type LateAnalysis, useAnalysis, useLateAnalysis } from './use-analysis.ts';
import { useCollapse } from './use-collapse.ts';
import { useTimeWindow } from './use-time-window.ts';
import { useTraceShortcuts, views } from './use-trace-shortcuts.ts';
import { Minimap } from './waterfall/minimap.tsx';
import { Waterfall } from './waterfall/waterfall.tsx';
import './trace.css';
import { rowName } from '../design/shown-name.ts';

const FlameGraph = lazy(async () => ({ default: (await import('./flame/flame-graph.tsx')).FlameGraph }));
const FlameByTime = lazy(async () => ({ default: (await import('./flame/flame-lanes.tsx')).FlameByTime }));
const TotalsTable = lazy(async () => ({ default: (await import('./totals-table.tsx')).TotalsTable }));

function factsOf({ tree }: Analysis, late: LateAnalysis | null, row: number) {
  if (late === null || row < 0) return null;
  return {
    selfMs: (late.self[row] ?? 0) / 1e6,
    criticalMs: criticalNanos(late.critical, row) / 1e6,
    childCount: (tree.childOffsets[row + 1] ?? 0) - (tree.childOffsets[row] ?? 0),
  };
}

/** One trace, from wherever it came. */
export function TraceView({ document: trace }: { document: TraceDocument }) {
  const [state, update] = useUrlState();
  const analysis = useAnalysis(trace.outline, state.skew === '1');
  const late = useLateAnalysis(analysis);
  const collapse = useCollapse(analysis);
  const found = useFound(analysis);
  const { outline, tree, durationNanos } = analysis;
  const [window, setWindow] = useTimeWindow(durationNanos);
  const search = useRef<HTMLInputElement>(null);
  const picture = useRef<(() => Picture) | null>(null);
  const view = views.find(({ id }) => id === state.view)?.id ?? 'waterfall';
  const row = rowOf(outline, state.span);
  const [panelOpen, setPanelOpen] = useState(true);

  const select = useCallback(
    (next: number, how: 'pointer' | 'key' | 'jump') => {
      if (next < 0) return;
      const opened = how === 'jump' ? collapse.reveal(next) : null;
      if (how !== 'key') setPanelOpen(true);
      update(
        { span: spanIdOf(outline, next), ...(opened === null ? {} : { closed: formatCollapse(opened) }) },
        { replace: how === 'key' || state.span !== undefined },
      );
    },
    [collapse, outline, update, state.span],
  );
  const stepMatch = (by: 1 | -1, text = state.find) =>
    select(nextMatch(findIn(analysis, text), analysis, row, by), 'jump');
  useTraceShortcuts({
    analysis,
    collapse,
    row,
    select,
    stepMatch,
    window,
    setWindow,
    togglePanel: () => setPanelOpen(!panelOpen),
    search,
  });
  useEffect(() => {
    const name = outline.size === 0 ? 'Trace' : rowName(outline, tree.rootRow);
    document.title = `${name.slice(0, 60)} · utxoIQ Tracing`;
  }, [outline, tree]);

  if (outline.size === 0) {
    return (
      <Empty title="This trace has no spans">
        <p>They may not have arrived yet. Look again in a second.</p>
      </Empty>
    );
  }
  const onTime = {
    analysis,
    matches: found.marks,
    critical: state.path === '0' ? null : (late?.critical ?? null),
    self: late?.self ?? null,
    window,
    onWindow: setWindow,
    selectedRow: row,
    onSelect: select,
    picture,
  };
  return (
    <div className="trace">
      <TraceHeader document={trace} analysis={analysis} late={late} onSelect={select} picture={picture} />
      {trace.partial !== null && (
        <PartialNotice
          reason={trace.partial}
          advice="Sums and the critical path are those of what is shown."
        />
      )}
      <SkewNotice analysis={analysis} />
      <TraceTools
        analysis={analysis}
        collapse={collapse}
        found={found}
        search={search}
        view={view}
        onStep={stepMatch}
      />
      <div className={state.span !== undefined && panelOpen ? 'trace-body with-panel' : 'trace-body'}>
        <section className="trace-main" id="trace-view" role="tabpanel" aria-label={view}>
          <Suspense fallback={<Loading what="the view" />}>
            {(view === 'waterfall' || view === 'lanes') && (
              <Minimap analysis={analysis} window={window} onWindow={setWindow} />
            )}
            {view === 'waterfall' && (
              <Waterfall
                {...onTime}
                visible={collapse.visible}
                collapsed={collapse.collapsed}
                onToggle={collapse.toggle}
              />
            )}
            {view === 'lanes' && <FlameByTime {...onTime} />}
            {view === 'flame' && <FlameGraph analysis={analysis} picture={picture} />}
            {view === 'table' && <TotalsTable analysis={analysis} late={late} />}
          </Suspense>
        </section>
        {state.span !== undefined && panelOpen && (
          <SpanPanel
            key={state.span}
            document={trace}
            spanId={state.span}
            facts={factsOf(analysis, late, row)}
            onClose={() => update({ span: undefined })}
          />
        )}
      </div>
    </div>
  );
}
