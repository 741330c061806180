import { outlineIsError } from '@utxoiq/model';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useUrlState } from '../app/url-state.ts';
import { Empty, Loading, PartialNotice } from '../design/states.tsx';
import { criticalNanos } from './analysis.ts';
import { formatCollapse, rowOf, spanIdOf } from './collapse.ts';
import { CollapseMenu } from './collapse-menu.tsx';
import { SpanPanel } from './details/span-panel.tsx';
import type { TraceDocument } from './trace-document.ts';
import { TraceHeader } from './trace-header.tsx';
import { findIn, nextMatch, TraceSearch, useFound } from './trace-search.tsx';
import { useAnalysis, useLateAnalysis } from './use-analysis.ts';
import { useCollapse } from './use-collapse.ts';
import { useTimeWindow } from './use-time-window.ts';
import { Minimap } from './waterfall/minimap.tsx';
import { clampWindow, panWindow, zoomWindow } from './waterfall/time-window.ts';
import { Waterfall } from './waterfall/waterfall.tsx';
import './trace.css';

const FlameGraph = lazy(async () => ({ default: (await import('./flame/flame-graph.tsx')).FlameGraph }));
const FlameByTime = lazy(async () => ({ default: (await import('./flame/flame-lanes.tsx')).FlameByTime }));
const TotalsTable = lazy(async () => ({ default: (await import('./totals-table.tsx')).TotalsTable }));

const views = [
  { id: 'waterfall', label: 'Waterfall' },
  { id: 'flame', label: 'Flame graph' },
  { id: 'table', label: 'Totals' },
  { id: 'lanes', label: 'Flame by time' },
] as const;

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
  const view = views.find(({ id }) => id === state.view)?.id ?? 'waterfall';
  const showsPath = state.path !== '0';
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
  const nextError = () => {
    const isError = (one: number) => outlineIsError(outline.flags[one] ?? 0);
    const from = row < 0 ? 0 : (tree.positions[row] ?? 0) + 1;
    const next = tree.order.subarray(from).find(isError) ?? tree.order.find(isError);
    if (next !== undefined) select(next, 'jump');
  };
  const zoomToSpan = () => {
    if (row < 0) return;
    const start = outline.startNanos[row] ?? 0;
    const long = outline.durationNanos[row] ?? 0;
    setWindow(clampWindow({ from: start - long * 0.05, to: start + long * 1.05 }, durationNanos));
  };
  const goTo = (next: number | undefined) => {
    if (next !== undefined && next >= 0) select(next, 'key');
  };
  useShortcuts('Trace', [
    { keys: '/', label: 'Search this trace', run: () => search.current?.focus() },
    { keys: 'n', label: 'Next match', run: () => stepMatch(1) },
    { keys: 'Shift+N', label: 'Match before', run: () => stepMatch(-1) },
    { keys: 'e', label: 'Next error', run: nextError },
    { keys: 'j', label: 'Next row', run: () => goTo(collapse.visible[collapse.visible.indexOf(row) + 1]) },
    { keys: 'k', label: 'Row before', run: () => goTo(collapse.visible[collapse.visible.indexOf(row) - 1]) },
    {
      keys: 'ArrowRight',
      label: 'Expand, or go to the first child',
      run: () =>
        collapse.collapsed.has(row)
          ? collapse.toggle(row)
          : goTo(tree.childRows[tree.childOffsets[row] ?? 0]),
    },
    {
      keys: 'ArrowLeft',
      label: 'Collapse, or go to the parent',
      run: () =>
        (tree.subtreeSizes[row] ?? 1) > 1 && !collapse.collapsed.has(row)
          ? collapse.toggle(row)
          : goTo(tree.parentRows[row]),
    },
    { keys: 'Enter', label: 'Open or close the details', run: () => setPanelOpen(!panelOpen) },
    { keys: 'Escape', label: 'Close the details', run: () => update({ span: undefined }) },
    { keys: 'w', label: 'Zoom in', run: () => setWindow(zoomWindow(window, 0.6, 0.5, durationNanos)) },
    { keys: 's', label: 'Zoom out', run: () => setWindow(zoomWindow(window, 1 / 0.6, 0.5, durationNanos)) },
    { keys: 'a', label: 'Earlier', run: () => setWindow(panWindow(window, -0.25, durationNanos)) },
    { keys: 'd', label: 'Later', run: () => setWindow(panWindow(window, 0.25, durationNanos)) },
    { keys: 'f', label: 'Zoom to the span', run: zoomToSpan },
    { keys: '0', label: 'Whole trace', run: () => setWindow({ from: 0, to: durationNanos }) },
    {
      keys: 'c',
      label: 'Critical path',
      run: () => update({ path: showsPath ? '0' : undefined }, { replace: true }),
    },
    ...views.map(({ id, label }, index) => ({
      keys: String(index + 1),
      label,
      run: () => update({ view: id === 'waterfall' ? undefined : id }),
    })),
  ]);
  useEffect(() => {
    const name = outline.names[outline.nameIndexes[tree.rootRow] ?? 0] ?? 'Trace';
    document.title = `${name.slice(0, 60)} · utxoIQ Tracing`;
  }, [outline, tree]);

  if (outline.size === 0) {
    return (
      <Empty title="This trace has no spans">
        <p>They may not have arrived yet. Look again in a second.</p>
      </Empty>
    );
  }
  const facts =
    late === null || row < 0
      ? null
      : {
          selfMs: (late.self[row] ?? 0) / 1e6,
          criticalMs: criticalNanos(late.critical, row) / 1e6,
          childCount: (tree.childOffsets[row + 1] ?? 0) - (tree.childOffsets[row] ?? 0),
        };
  return (
    <div className="trace">
      <TraceHeader document={trace} analysis={analysis} late={late} onSelect={select} />
      {trace.partial !== null && (
        <PartialNotice
          reason={trace.partial}
          advice="Sums and the critical path are those of what is shown."
        />
      )}
      {analysis.skew === 'running' && (
        <div className="loading-bar" role="status" aria-label="Adjusting clocks" />
      )}
      {analysis.skew === 'failed' && (
        <div className="notice bad-notice" role="alert">
          The clocks could not be adjusted; what is shown are the recorded times.
        </div>
      )}
      {analysis.shiftedCount > 0 && (
        <div className="notice" role="status">
          Clock skew is adjusted: {analysis.shiftedCount} spans stand where a guess puts them, not where they
          said.
          <button type="button" className="button" onClick={() => update({ skew: undefined })}>
            Show recorded times
          </button>
        </div>
      )}
      <div className="trace-tools">
        <div className="segments" role="tablist" aria-label="Views of the trace">
          {views.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={view === id}
              aria-controls="trace-view"
              onClick={() => update({ view: id === 'waterfall' ? undefined : id })}
            >
              {label}
            </button>
          ))}
        </div>
        <TraceSearch input={search} found={found} onStep={stepMatch} />
        <span className="spread" />
        <CollapseMenu analysis={analysis} collapse={collapse} />
        <button
          type="button"
          className="button"
          aria-pressed={showsPath}
          title="Critical path (c)"
          onClick={() => update({ path: showsPath ? '0' : undefined }, { replace: true })}
        >
          Critical path
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={state.skew === '1'}
          title="Move spans of other services into their callers; a guess"
          onClick={() => update({ skew: state.skew === '1' ? undefined : '1' })}
        >
          Adjust skew
        </button>
      </div>
      <div className={state.span !== undefined && panelOpen ? 'trace-body with-panel' : 'trace-body'}>
        <section className="trace-main" id="trace-view" role="tabpanel" aria-label={view}>
          <Suspense fallback={<Loading what="the view" />}>
            {view === 'waterfall' && (
              <>
                <Minimap analysis={analysis} window={window} onWindow={setWindow} />
                <Waterfall
                  analysis={analysis}
                  visible={collapse.visible}
                  collapsed={collapse.collapsed}
                  matches={found.marks}
                  critical={showsPath ? (late?.critical ?? null) : null}
                  self={late?.self ?? null}
                  window={window}
                  onWindow={setWindow}
                  selectedRow={row}
                  onSelect={select}
                  onToggle={collapse.toggle}
                />
              </>
            )}
            {view === 'flame' && <FlameGraph analysis={analysis} />}
            {view === 'lanes' && (
              <>
                <Minimap analysis={analysis} window={window} onWindow={setWindow} />
                <FlameByTime
                  analysis={analysis}
                  matches={found.marks}
                  window={window}
                  onWindow={setWindow}
                  selectedRow={row}
                  onSelect={select}
                />
              </>
            )}
            {view === 'table' && <TotalsTable analysis={analysis} late={late} />}
          </Suspense>
        </section>
        {state.span !== undefined && panelOpen && (
          <SpanPanel
            key={state.span}
            document={trace}
            spanId={state.span}
            facts={facts}
            onClose={() => update({ span: undefined })}
          />
        )}
      </div>
    </div>
  );
}
