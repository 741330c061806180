import { useMemo, useState } from 'react';
import { type Scope, useHeatmap, useTimeseries } from '../api/queries.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useUrlState } from '../app/url-state.ts';
import { fillBuckets } from '../charts/fill-buckets.ts';
import { HeatmapChart } from '../charts/heatmap.tsx';
import { LatencyChart } from '../charts/latency-chart.tsx';
import type { PlotRect } from '../charts/plot.tsx';
import { RateChart } from '../charts/rate-chart.tsx';
import { Icon } from '../design/icon.tsx';
import { Failure, PartialNotice } from '../design/states.tsx';
import { formatDuration, formatTick } from '../time/format.ts';
import { absoluteText } from '../time/range.ts';
import { ComparisonPanel } from './comparison-panel.tsx';
import { addTerm } from './filter-terms.ts';
import { formatSelection, parseSelection } from './selection.ts';
import '../charts/charts.css';

/** What the charts are drawn from. */
export function useCharts(scope: Scope) {
  return { heatmap: useHeatmap(scope, 72, 30), series: useTimeseries(scope, 60) };
}

/** The heatmap and the two charts, one crosshair over all three. */
export function Overview({ scope }: { scope: Scope }) {
  const [state, update] = useUrlState();
  const [hoverX, setHoverX] = useState<number | null>(null);
  const { heatmap, series } = useCharts(scope);
  const selection = parseSelection(state.sel);
  const { range } = scope;

  const zoom = (rect: PlotRect) => {
    const at = (share: number) => range.startMs + share * (range.endMs - range.startMs);
    update({
      ...absoluteText({ startMs: at(rect.x0), endMs: at(rect.x1) }),
      live: undefined,
      sel: undefined,
    });
  };
  const filterToSelection = () => {
    if (selection === null) return;
    const low = Math.floor(selection.minDurationMs * 1e6);
    const high = Math.ceil(selection.maxDurationMs * 1e6);
    const text = addTerm(addTerm(state.q ?? '', `duration>=${low}ns`), `duration<${high}ns`);
    update({
      ...absoluteText(selection),
      q: text,
      list: 'spans',
      sel: undefined,
      diff: undefined,
      live: undefined,
    });
  };
  useShortcuts('Charts', [
    { keys: 'ArrowLeft ArrowRight ArrowUp ArrowDown', label: 'In the heatmap: choose a cell' },
    { keys: 'Shift+ArrowRight', label: 'In the heatmap: a larger area' },
    { keys: 'd', label: 'What is different in the selection', run: () => update({ diff: '1' }) },
    { keys: 'f', label: 'Filter to the selection', run: filterToSelection },
    { keys: 'Escape', label: 'Clear the selection', run: () => update({ sel: undefined, diff: undefined }) },
  ]);

  const bucketMs = series.data?.data.bucket_ms ?? 1;
  const points = useMemo(
    () => fillBuckets(series.data?.data.series[0]?.points ?? [], bucketMs, range),
    [series.data, bucketMs, range],
  );
  const chart = {
    range,
    isRead: series.data !== undefined,
    points,
    bucketMs,
    hoverX,
    onHover: (at: { x: number } | null) => setHoverX(at?.x ?? null),
    onSelect: zoom,
  };
  const failed = heatmap.isError ? heatmap : series.isError ? series : null;
  if (failed !== null) {
    return <Failure error={failed.error} what="the charts" retry={() => void failed.refetch()} />;
  }
  const partial = heatmap.data?.partial ?? series.data?.partial ?? null;
  return (
    <>
      {partial !== null && (
        <PartialNotice reason={partial} advice="The charts are drawn from what was read." />
      )}
      <div className="charts" aria-busy={heatmap.isFetching || series.isFetching}>
        <HeatmapChart
          range={range}
          heatmap={heatmap.data?.data}
          selection={selection}
          onSelect={(next) =>
            update(
              { sel: next === null ? undefined : formatSelection(next) },
              { replace: selection !== null },
            )
          }
          hoverX={hoverX}
          onHover={chart.onHover}
        />
        <LatencyChart {...chart} />
        <RateChart {...chart} />
      </div>
      {selection !== null && (
        <div className="notice selection-bar" role="status">
          <span>
            Selected {formatTick(selection.startMs, 36e5)} to {formatTick(selection.endMs, 36e5)},{' '}
            {formatDuration(selection.minDurationMs)} to {formatDuration(selection.maxDurationMs)}
          </span>
          <span className="spread" />
          <button type="button" className="button primary" onClick={() => update({ diff: '1' })}>
            <Icon name="diff" /> What is different?
          </button>
          <button type="button" className="button" onClick={filterToSelection}>
            <Icon name="filter" /> Filter to it
          </button>
          <button
            type="button"
            className="button"
            onClick={() =>
              update({ ...absoluteText(selection), live: undefined, sel: undefined, diff: undefined })
            }
          >
            Zoom in
          </button>
          <button
            type="button"
            className="button plain icon"
            aria-label="Clear the selection"
            onClick={() => update({ sel: undefined, diff: undefined })}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      {selection !== null && state.diff !== undefined && (
        <ComparisonPanel scope={scope} selection={selection} />
      )}
    </>
  );
}
