import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { DependencyItem, Red } from '../api/types.ts';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { formatDuration } from '../time/format.ts';
import { type Box, backCurve, curvesOf, pathOf, placeLabels } from './edge-path.ts';
import { figuresOf, health, healthWords } from './health.ts';
import { edgeKey, layoutMap, type MapLayout, nodeHeight, nodeWidth, type PlacedNode } from './layout.ts';

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

function Arrowheads() {
  return (
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
  );
}

interface MapNodeProps {
  readonly node: PlacedNode;
  readonly red: Red | undefined;
  readonly seconds: number;
  readonly dim: boolean;
  readonly onPoint: (name: string | null) => void;
}

function MapNode({ node: { name, x, y, width }, red, seconds, dim, onPoint }: MapNodeProps) {
  const kind = red === undefined ? 'ok' : health(red);
  const [rate, share, p95] = red === undefined ? [] : figuresOf(red, seconds);
  return (
    <Link
      to="/services"
      search={(state: UrlState) => ({ ...sharedUrlState(state), service: name })}
      className={`map-node map-node-${kind}${dim ? ' dim' : ''}`}
      style={{ left: x, top: y, width, height: nodeHeight }}
      onPointerEnter={() => onPoint(name)}
      onPointerLeave={() => onPoint(null)}
      onFocus={() => onPoint(name)}
      onBlur={() => onPoint(null)}
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
          <span className={health(red) === 'ok' ? 'faint' : 'bad'}>{share}</span>
          <span>{p95}</span>
          <span className="visually-hidden">p95, {healthWords[kind]}</span>
        </span>
      )}
    </Link>
  );
}

interface MapGraphProps {
  readonly services: ReadonlyMap<string, Red>;
  readonly edges: readonly DependencyItem[];
  readonly seconds: number;
  readonly availableWidth: number;
}

/** Below this, names would be too small to read: the map scrolls instead. */
const minScale = 0.8;

/** Services by whom they call. Pointing at one keeps it and its neighbours and dims the rest. */
export function MapGraph({ services, edges, seconds, availableWidth }: MapGraphProps) {
  const [pointed, setPointed] = useState<string | null>(null);
  const layout = useMemo(
    () =>
      layoutMap([...services.keys()], edges, {
        widthOf: (name) => nodeWidthOf(name, services.get(name), seconds),
        availableWidth,
      }),
    [services, edges, seconds, availableWidth],
  );
  const drawn = useMemo(() => drawnEdges(layout, edges), [layout, edges]);
  const near = useMemo(() => {
    const touching = edges.filter(({ parent, child }) => parent === pointed || child === pointed);
    return new Set([pointed, ...touching.flatMap(({ parent, child }) => [parent, child])]);
  }, [edges, pointed]);
  const isDim = ({ parent, child }: DependencyItem) =>
    pointed !== null && parent !== pointed && child !== pointed;
  const most = Math.max(1, ...edges.map(({ count }) => count));
  const scale = Math.min(1, Math.max(minScale, availableWidth / Math.max(1, layout.width)));
  const height = layout.height + 30;
  return (
    <div className="map-frame" style={{ width: layout.width * scale, height: height * scale }}>
      <div className="map-canvas" style={{ width: layout.width, height, transform: `scale(${scale})` }}>
        <svg width={layout.width} height={height} aria-hidden="true">
          <Arrowheads />
          {drawn.map((one) => (
            <EdgeLine key={edgeKey(one.edge)} drawn={one} most={most} dim={isDim(one.edge)} />
          ))}
          {drawn.map((one) => (
            <EdgeLabel key={edgeKey(one.edge)} drawn={one} dim={isDim(one.edge)} />
          ))}
        </svg>
        {[...layout.nodes.values()].map((node) => (
          <MapNode
            key={node.name}
            node={node}
            red={services.get(node.name)}
            seconds={seconds}
            dim={pointed !== null && !near.has(node.name)}
            onPoint={setPointed}
          />
        ))}
        {layout.aloneTop !== null && layout.nodes.size > 0 && (
          <h2 className="map-alone muted" style={{ top: layout.aloneTop }}>
            Without calls to or from others
          </h2>
        )}
      </div>
    </div>
  );
}
