import { useEffect, useMemo } from 'react';
import { unfiltered, useDependencies, useScope, useServices } from '../api/queries.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useSize } from '../charts/canvas.ts';
import { Icon } from '../design/icon.tsx';
import { RefreshButton } from '../design/refresh-button.tsx';
import { knowServices } from '../design/service-color.ts';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { formatCount } from '../time/format.ts';
import { RangePicker } from '../time/range-picker.tsx';
import { EdgeTable } from './edge-table.tsx';
import { MapGraph } from './map-graph.tsx';
import './map.css';

export function MapPage() {
  const filtered = useScope();
  // A call belongs to two spans, so a filter over spans says nothing about it: the map shows all of the range.
  const scope = useMemo(() => unfiltered(filtered), [filtered]);
  const dependencies = useDependencies(scope);
  const services = useServices(scope);
  const [page, size] = useSize<HTMLElement>();
  useShortcuts('Map', [{ keys: 'r', label: 'Refresh', run: tickClock }]);
  useEffect(() => {
    document.title = 'Map · utxoIQ Tracing';
  }, []);
  const edges = useMemo(() => dependencies.data?.data ?? [], [dependencies.data]);
  const byName = useMemo(() => {
    const known = new Map((services.data?.data ?? []).map((one) => [one.service, one]));
    knowServices([...known.keys(), ...edges.flatMap(({ parent, child }) => [parent, child])]);
    return known;
  }, [services.data, edges]);
  const seconds = (scope.range.endMs - scope.range.startMs) / 1000;
  const failed = dependencies.isError ? dependencies : services.isError ? services : null;
  const isPending = dependencies.isPending || services.isPending;
  const isEmpty = byName.size === 0 && edges.length === 0;
  return (
    <main className="map-page" ref={page}>
      <div className="toolbar">
        <h1>Map</h1>
        <span className="legend-health wide-only" aria-hidden="true">
          <span className="dot dot-ok" /> under 1 % errors <span className="dot dot-warn" /> from 1 %{' '}
          <span className="dot dot-bad" /> from 5 %; width by calls, label p95
        </span>
        <span className="spread" />
        <RangePicker />
        <RefreshButton onRefresh={tickClock} />
      </div>
      {failed !== null && <Failure error={failed.error} what="the map" retry={() => void failed.refetch()} />}
      {failed === null && isPending && <Loading what="the map" />}
      {failed === null && !isPending && isEmpty && (
        <Empty title="No service sent spans in this time range">
          <p>Choose a longer range above. Edges appear where a span’s parent belongs to another service.</p>
        </Empty>
      )}
      {failed === null && !isPending && !isEmpty && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="map-scroll scroll" tabIndex={0} aria-label="Dependency map">
          <MapGraph services={byName} edges={edges} seconds={seconds} availableWidth={size.width - 34} />
          {edges.length > 0 && (
            <details className="map-table panel">
              <summary className="panel-head">
                <Icon name="right" /> {formatCount(edges.length)} calls as a table
              </summary>
              <EdgeTable edges={edges} seconds={seconds} />
            </details>
          )}
        </section>
      )}
    </main>
  );
}
