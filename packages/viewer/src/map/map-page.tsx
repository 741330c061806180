import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useDependencies, useScope, useServices } from '../api/queries.ts';
import type { DependencyItem, Red } from '../api/types.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { useSize } from '../charts/canvas.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { knowServices } from '../design/service-color.ts';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { formatCount, formatDuration, formatRate, formatShare } from '../time/format.ts';
import { RangePicker } from '../time/range-picker.tsx';
import { type Box, backCurve, curvesOf, pathOf, placeLabels } from './edge-path.ts';
import { edgeKey, layoutMap, type MapLayout, nodeHeight, nodeWidth } from './layout.ts';
import './map.css';

/** Shares of failed spans from which a service is not well, and from which it is ill. */
const warnShare = 0.01;
const badShare = 0.05;

function health({ count, errors }: Red): 'ok' | 'warn' | 'bad' {
  const share = errors / Math.max(1, count);
  return share >= badShare ? 'bad' : share >= warnShare ? 'warn' : 'ok';
}
const healthWords = { ok: 'healthy', warn: 'some errors', bad: 'many errors' } as const;

let measuring: CanvasRenderingContext2D | null = null;
function textWidth(text: string, font: string): number {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (measuring === null) return text.length * 7;
  measuring.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(measuring.measureText(text).width);
}

const maxNodeWidth = 280;
/** Borders and paddings of a node; see `.map-node`. */
const nodeFrame = 28;
const figureGap = 10;

function figuresOf(red: Red, seconds: number): readonly [string, string, string] {
  return [
    formatRate(red.count / seconds),
    formatShare(red.errors / Math.max(1, red.count)),
    formatDuration(red.p95_ms),
  ];
}

/** Wide enough for its name and its figures, each in one line. */
function nodeWidthOf(name: string, red: Red | undefined, seconds: number): number {
  const figures = red === undefined ? [] : figuresOf(red, seconds);
  const figuresWidth = figures.reduce((sum, text) => sum + textWidth(text, '12px') + figureGap, -figureGap);
  const nameWidth = textWidth(name || '(no service)', '700 13px') + 18;
  return Math.min(maxNodeWidth, Math.max(nodeWidth, nodeFrame + Math.max(nameWidth, figuresWidth)));
}

interface DrawnEdge {
  readonly edge: DependencyItem;
  readonly curves: ReturnType<typeof curvesOf>;
  readonly label: string;
  readonly box: Box | null;
}

/** Lines and labels, the busiest last, so that it lies on top; its label finds its place first. */
function drawnEdges(layout: MapLayout, edges: readonly DependencyItem[]): readonly DrawnEdge[] {
  const busiest = [...edges].sort((a, b) => b.count - a.count);
  const lines = busiest.flatMap((edge) => {
    const from = layout.nodes.get(edge.parent);
    const to = layout.nodes.get(edge.child);
    if (from === undefined || to === undefined) return [];
    const route = layout.routes.get(edgeKey(edge));
    const label = formatDuration(edge.p95_ms);
    const curves = route === undefined ? [backCurve(from, to)] : curvesOf(route);
    return [{ edge, curves, label, width: textWidth(label, '11px') + 8 }];
  });
  const nodes = [...layout.nodes.values()].map((node) => ({ ...node, height: nodeHeight }));
  const boxes = placeLabels(lines, nodes);
  return lines.map((line, index) => ({ ...line, box: boxes[index] ?? null })).reverse();
}

function EdgeLine({ drawn, most, dim }: { drawn: DrawnEdge; most: number; dim: boolean }) {
  const { edge, curves } = drawn;
  return (
    <path
      className={`edge edge-${health(edge)}${dim ? ' dim' : ''}`}
      d={pathOf(curves)}
      fill="none"
      strokeWidth={1 + 4 * (Math.log1p(edge.count) / Math.log1p(most))}
      markerEnd={`url(#arrow-${health(edge)})`}
    />
  );
}

/** Above all lines, on a ground of its own. */
function EdgeLabel({ drawn: { box, label }, dim }: { drawn: DrawnEdge; dim: boolean }) {
  if (box === null) return null;
  return (
    <g className={dim ? 'edge-label dim' : 'edge-label'}>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={3} />
      <text x={box.x + box.width / 2} y={box.y + box.height / 2 + 4} textAnchor="middle">
        {label}
      </text>
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
  const [page, size] = useSize<HTMLElement>();
  useShortcuts('Map', [{ keys: 'r', label: 'Refresh', run: tickClock }]);
  useEffect(() => {
    document.title = 'Map · utxoIQ Tracing';
  }, []);
  const edges = useMemo(() => dependencies.data?.data ?? [], [dependencies.data]);
  const byName = useMemo(
    () => new Map((services.data?.data ?? []).map((one) => [one.service, one])),
    [services.data],
  );
  const seconds = (scope.range.endMs - scope.range.startMs) / 1000;
  const layout = useMemo(() => {
    knowServices([...byName.keys(), ...edges.flatMap(({ parent, child }) => [parent, child])]);
    return layoutMap([...byName.keys()], edges, {
      widthOf: (name) => nodeWidthOf(name, byName.get(name), seconds),
      availableWidth: size.width - 32,
    });
  }, [byName, edges, seconds, size.width]);
  const drawn = useMemo(() => drawnEdges(layout, edges), [layout, edges]);
  const most = Math.max(1, ...edges.map(({ count }) => count));
  const isDim = ({ parent, child }: DependencyItem) =>
    hovered !== null && parent !== hovered && child !== hovered;
  const isNear = (name: string) =>
    hovered === null ||
    hovered === name ||
    edges.some(
      ({ parent, child }) => (parent === hovered && child === name) || (child === hovered && parent === name),
    );
  const failed = dependencies.isError ? dependencies : services.isError ? services : null;
  const isPending = dependencies.isPending || services.isPending;
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
              {drawn.map((one) => (
                <EdgeLine key={edgeKey(one.edge)} drawn={one} most={most} dim={isDim(one.edge)} />
              ))}
              {drawn.map((one) => (
                <EdgeLabel key={edgeKey(one.edge)} drawn={one} dim={isDim(one.edge)} />
              ))}
            </svg>
            {[...layout.nodes.values()].map(({ name, x, y, width }) => {
              const red = byName.get(name);
              const kind = red === undefined ? 'ok' : health(red);
              const [rate, share, p95] = red === undefined ? [] : figuresOf(red, seconds);
              return (
                <Link
                  key={name}
                  to="/services"
                  search={(state: UrlState) => ({ ...sharedUrlState(state), service: name })}
                  className={`map-node map-node-${kind}${isNear(name) ? '' : ' dim'}`}
                  style={{ left: x, top: y, width, height: nodeHeight }}
                  onPointerEnter={() => setHovered(name)}
                  onPointerLeave={() => setHovered(null)}
                  onFocus={() => setHovered(name)}
                  onBlur={() => setHovered(null)}
                >
                  <span className="line">
                    <ServiceSwatch name={name} />
                    <b className="clip" title={name}>
                      {name === '' ? '(no service)' : name}
                    </b>
                  </span>
                  {red !== undefined && (
                    <span className="map-figures">
                      <span>{rate}</span>
                      <span className={red.errors > 0 ? 'bad' : 'faint'}>{share}</span>
                      <span>{p95}</span>
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
