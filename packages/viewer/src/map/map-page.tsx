import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useDependencies, useScope, useServices } from '../api/queries.ts';
import type { DependencyItem, Red } from '../api/types.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { formatCount, formatDuration, formatRate, formatShare } from '../time/format.ts';
import { RangePicker } from '../time/range-picker.tsx';
import { layoutMap, nodeHeight, nodeWidth, type PlacedNode } from './layout.ts';
import './map.css';

/** Shares of failed spans from which a service is not well, and from which it is ill. */
const warnShare = 0.01;
const badShare = 0.05;

function health({ count, errors }: Red): 'ok' | 'warn' | 'bad' {
  const share = errors / Math.max(1, count);
  return share >= badShare ? 'bad' : share >= warnShare ? 'warn' : 'ok';
}
const healthWords = { ok: 'healthy', warn: 'some errors', bad: 'many errors' } as const;

function curve(from: PlacedNode, to: PlacedNode): string {
  const y0 = from.y + nodeHeight / 2;
  const y1 = to.y + nodeHeight / 2;
  if (to.x > from.x) {
    const x0 = from.x + nodeWidth;
    const bend = Math.max(40, (to.x - x0) / 2);
    return `M${x0} ${y0} C${x0 + bend} ${y0} ${to.x - bend} ${y1} ${to.x - 7} ${y1}`;
  }
  // Back to an earlier column: around below.
  const x0 = from.x + nodeWidth / 2;
  const x1 = to.x + nodeWidth / 2;
  const low = Math.max(from.y, to.y) + nodeHeight + 34;
  return `M${x0} ${from.y + nodeHeight} C${x0} ${low} ${x1} ${low} ${x1} ${to.y + nodeHeight + 7}`;
}

interface EdgeLineProps {
  readonly edge: DependencyItem;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly most: number;
  readonly dim: boolean;
}

function EdgeLine({ edge, from, to, most, dim }: EdgeLineProps) {
  const middleX = (from.x + nodeWidth + to.x) / 2;
  const middleY = (from.y + to.y + nodeHeight) / 2;
  return (
    <g className={`edge edge-${health(edge)}${dim ? ' dim' : ''}`}>
      <path
        d={curve(from, to)}
        fill="none"
        strokeWidth={1 + 4 * (Math.log1p(edge.count) / Math.log1p(most))}
        markerEnd={`url(#arrow-${health(edge)})`}
      />
      {to.x > from.x && (
        <text x={middleX} y={middleY - 5} textAnchor="middle">
          {formatDuration(edge.p95_ms)}
        </text>
      )}
    </g>
  );
}

function EdgeTable({ edges, seconds }: { edges: readonly DependencyItem[]; seconds: number }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Caller</th>
          <th scope="col">Called</th>
          <th scope="col" className="num">
            Rate
          </th>
          <th scope="col" className="num">
            Errors
          </th>
          <th scope="col" className="num">
            p95
          </th>
        </tr>
      </thead>
      <tbody>
        {edges.map((edge) => (
          <tr key={`${edge.parent}\n${edge.child}`}>
            <td>
              <span className="line">
                <ServiceSwatch name={edge.parent} /> {edge.parent}
              </span>
            </td>
            <td>
              <span className="line">
                <ServiceSwatch name={edge.child} /> {edge.child}
              </span>
            </td>
            <td className="num">{formatRate(edge.count / seconds)}</td>
            <td className={edge.errors > 0 ? 'num bad' : 'num faint'}>
              {formatShare(edge.errors / Math.max(1, edge.count))}
            </td>
            <td className="num">{formatDuration(edge.p95_ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MapPage() {
  const scope = useScope();
  const dependencies = useDependencies(scope);
  const services = useServices(scope);
  const [hovered, setHovered] = useState<string | null>(null);
  useShortcuts('Map', [{ keys: 'r', label: 'Refresh', run: tickClock }]);
  useEffect(() => {
    document.title = 'Map · utxoIQ Tracing';
  }, []);
  const edges = useMemo(() => dependencies.data?.data ?? [], [dependencies.data]);
  const byName = useMemo(
    () => new Map((services.data?.data ?? []).map((one) => [one.service, one])),
    [services.data],
  );
  const layout = useMemo(() => layoutMap([...byName.keys()], edges), [byName, edges]);
  const most = Math.max(1, ...edges.map(({ count }) => count));
  const seconds = (scope.range.endMs - scope.range.startMs) / 1000;
  const isNear = (name: string) =>
    hovered === null ||
    hovered === name ||
    edges.some(
      ({ parent, child }) => (parent === hovered && child === name) || (child === hovered && parent === name),
    );
  const failed = dependencies.isError ? dependencies : services.isError ? services : null;
  const isPending = dependencies.isPending || services.isPending;
  return (
    <main className="map-page">
      <div className="toolbar">
        <h1>Map</h1>
        <span className="legend-health wide-only" aria-hidden="true">
          <span className="dot dot-ok" /> under 1 % errors <span className="dot dot-warn" /> from 1 %{' '}
          <span className="dot dot-bad" /> from 5 %; width by calls, label p95
        </span>
        <span className="spread" />
        <RangePicker />
        <button
          type="button"
          className="button icon"
          onClick={tickClock}
          aria-label="Refresh"
          title="Refresh (r)"
        >
          <Icon name="refresh" />
        </button>
      </div>
      {failed !== null && <Failure error={failed.error} what="the map" retry={() => void failed.refetch()} />}
      {failed === null && isPending && <Loading what="the map" />}
      {failed === null && !isPending && layout.nodes.size === 0 && (
        <Empty title="No service sent spans in this time range">
          <p>Choose a longer range above. Edges appear where a span’s parent belongs to another service.</p>
        </Empty>
      )}
      {failed === null && !isPending && layout.nodes.size > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="map-scroll scroll" tabIndex={0} aria-label="Dependency map">
          <div className="map-canvas" style={{ width: layout.width, height: layout.height + 30 }}>
            <svg width={layout.width} height={layout.height + 30} aria-hidden="true">
              <defs>
                {(['ok', 'warn', 'bad'] as const).map((kind) => (
                  <marker
                    key={kind}
                    id={`arrow-${kind}`}
                    className={`arrow-${kind}`}
                    viewBox="0 0 8 8"
                    refX="2"
                    refY="4"
                    markerWidth="9"
                    markerHeight="9"
                    markerUnits="userSpaceOnUse"
                    orient="auto"
                  >
                    <path d="M0 0L8 4L0 8Z" />
                  </marker>
                ))}
              </defs>
              {edges.map((edge) => {
                const from = layout.nodes.get(edge.parent);
                const to = layout.nodes.get(edge.child);
                if (from === undefined || to === undefined || from === to) return null;
                const dim = hovered !== null && edge.parent !== hovered && edge.child !== hovered;
                return (
                  <EdgeLine
                    key={`${edge.parent}\n${edge.child}`}
                    edge={edge}
                    from={from}
                    to={to}
                    most={most}
                    dim={dim}
                  />
                );
              })}
            </svg>
            {[...layout.nodes.values()].map(({ name, x, y }) => {
              const red = byName.get(name);
              const kind = red === undefined ? 'ok' : health(red);
              return (
                <Link
                  key={name}
                  to="/services"
                  search={(state: UrlState) => ({ ...sharedUrlState(state), service: name })}
                  className={`map-node map-node-${kind}${isNear(name) ? '' : ' dim'}`}
                  style={{ left: x, top: y, width: nodeWidth, height: nodeHeight }}
                  onPointerEnter={() => setHovered(name)}
                  onPointerLeave={() => setHovered(null)}
                  onFocus={() => setHovered(name)}
                  onBlur={() => setHovered(null)}
                >
                  <span className="line">
                    <ServiceSwatch name={name} />
                    <b className="clip">{name === '' ? '(no service)' : name}</b>
                  </span>
                  {red !== undefined && (
                    <span className="map-figures">
                      {formatRate(red.count / seconds)}
                      <span className={red.errors > 0 ? 'bad' : 'faint'}>
                        {formatShare(red.errors / Math.max(1, red.count))}
                      </span>
                      {formatDuration(red.p95_ms)}
                      <span className="visually-hidden">p95, {healthWords[kind]}</span>
                    </span>
                  )}
                </Link>
              );
            })}
          </div>
          {edges.length > 0 && (
            <details className="map-table panel">
              <summary className="panel-head">{formatCount(edges.length)} calls as a table</summary>
              <EdgeTable edges={edges} seconds={seconds} />
            </details>
          )}
        </section>
      )}
    </main>
  );
}
