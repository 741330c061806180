import { buildCallTree, flameBoxes } from '@utxoiq/model';
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useShortcuts } from '../../app/shortcuts.tsx';
import { useUrlState } from '../../app/url-state.ts';
import { prepareCanvas, useSize } from '../../charts/canvas.ts';
import { ServiceSwatch } from '../../design/service-chip.tsx';
import { shownName } from '../../design/shown-name.ts';
import { formatCount, formatDuration, formatShare } from '../../time/format.ts';
import type { PictureSource } from '../picture.ts';
import type { Analysis } from '../use-analysis.ts';
import { usePalette, useServiceColors } from '../waterfall/use-palette.ts';
import { boxHeight, drawFlame, type Flame, type FlameView, nodeAt } from './draw-flame.ts';

function useFlame(analysis: Analysis): Flame {
  const palette = usePalette();
  const { outline, tree } = analysis;
  const calls = useMemo(() => buildCallTree([{ outline, tree }]), [outline, tree]);
  const boxes = useMemo(() => flameBoxes(calls), [calls]);
  const colors = useServiceColors(outline.services);
  return useMemo(() => {
    const byName = new Map(outline.services.map((name, index) => [name, colors[index] ?? palette.muted]));
    return {
      calls,
      boxes,
      palette,
      colorOf: (node) => byName.get(calls.services[node] ?? '') ?? palette.muted,
    };
  }, [calls, boxes, palette, colors, outline]);
}

function chainOf({ calls }: Flame, node: number): readonly number[] {
  const chain: number[] = [];
  for (let above = node; above >= 0; above = calls.forest.parentRows[above] ?? -1) chain.unshift(above);
  return chain;
}

function NodeFacts({ flame, node }: { flame: Flame; node: number }) {
  const side = flame.calls.sides[0];
  const service = flame.calls.services[node] ?? '';
  return (
    <span className="line clip">
      <ServiceSwatch name={service} />
      <b className="clip">{shownName(flame.calls.names[node] ?? '')}</b>
      <span className="muted clip">
        {service}, {formatCount(side?.counts[node] ?? 0)} spans, total{' '}
        {formatDuration((side?.totalNanos[node] ?? 0) / 1e6)}, self{' '}
        {formatDuration((side?.selfNanos[node] ?? 0) / 1e6)},{' '}
        {formatShare((flame.boxes.widths[node] ?? 0) / Math.max(1, flame.boxes.totalNanos))}
      </span>
    </span>
  );
}

/** Spans that came the same way folded into boxes, as wide as the time they and what they called took. */
export function FlameGraph({ analysis, picture }: { analysis: Analysis; picture: PictureSource }) {
  const flame = useFlame(analysis);
  const [frame, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState(-1);
  const { forest } = flame.calls;
  const [state, update] = useUrlState();
  const asked = Number(state.focus ?? -1);
  const focus = Number.isInteger(asked) && asked < forest.order.length ? asked : -1;
  const setFocus = (node: number) => update({ focus: node < 0 ? undefined : String(node) });
  const depth = useMemo(() => forest.depths.reduce((max, one) => Math.max(max, one), 0) + 1, [forest]);
  const view = useCallback(
    (): FlameView => ({ ...size, focus, hovered, top: scroller.current?.scrollTop ?? 0 }),
    [size, focus, hovered],
  );
  const redraw = useCallback(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size);
    if (context !== null) drawFlame(context, flame, view());
  }, [flame, size, view]);
  useLayoutEffect(redraw, [redraw]);

  useImperativeHandle(
    picture,
    () => () => ({
      width: size.width,
      headerHeight: 0,
      rowHeight: boxHeight,
      rowCount: depth,
      draw: (context, height) =>
        drawFlame(context, flame, { width: size.width, height, focus, hovered: -1, top: 0 }),
    }),
    [size.width, depth, flame, focus],
  );

  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return nodeAt(flame, view(), event.clientX - box.left, event.clientY - box.top);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const node = hovered >= 0 ? hovered : (forest.roots[0] ?? -1);
    const parent = forest.parentRows[node] ?? -1;
    const siblings =
      parent < 0
        ? forest.roots
        : forest.childRows.subarray(forest.childOffsets[parent], forest.childOffsets[parent + 1]);
    const place = siblings.indexOf(node);
    const moves: Readonly<Record<string, number | undefined>> = {
      ArrowUp: parent,
      ArrowDown:
        (forest.subtreeSizes[node] ?? 1) > 1 ? forest.childRows[forest.childOffsets[node] ?? 0] : node,
      ArrowLeft: siblings[place - 1],
      ArrowRight: siblings[place + 1],
    };
    if (event.key === 'Enter') setFocus(hovered);
    else if (event.key === 'Backspace') setFocus(-1);
    else if (!(event.key in moves)) return;
    const next = moves[event.key];
    if (next !== undefined && next >= 0) setHovered(next);
    event.preventDefault();
    event.stopPropagation();
  };
  useShortcuts('In the flame graph', [
    { keys: 'ArrowUp ArrowDown', label: 'The caller, its first call' },
    { keys: 'ArrowLeft ArrowRight', label: 'The box beside it' },
    { keys: 'Enter', label: 'Zoom into the box' },
    { keys: 'Backspace', label: 'All of it' },
  ]);
  return (
    <div className="flame">
      <div className="flame-head">
        {focus >= 0 && (
          <nav className="line wrap" aria-label="Where the flame graph stands">
            <button type="button" className="button small" onClick={() => setFocus(-1)}>
              All
            </button>
            {chainOf(flame, focus)
              .slice(-4)
              .map((node) => (
                <button key={node} type="button" className="button small" onClick={() => setFocus(node)}>
                  <span className="clip">{shownName(flame.calls.names[node] ?? '')}</span>
                </button>
              ))}
          </nav>
        )}
        <div className="flame-facts" role="status">
          {hovered >= 0 ? (
            <NodeFacts flame={flame} node={hovered} />
          ) : (
            <span className="faint">
              Click a box to zoom into it; arrow keys, Enter and Backspace do the same.
            </span>
          )}
        </div>
      </div>
      <div ref={frame} className="flame-frame">
        <div
          ref={scroller}
          className="waterfall-scroll"
          role="application"
          aria-label="Flame graph. The totals have the same figures as a table."
          // biome-ignore lint/a11y/noNoninteractiveTabindex: see the role
          tabIndex={0}
          onScroll={redraw}
          onPointerMove={(event) => setHovered(at(event))}
          onPointerLeave={() => setHovered(-1)}
          onClick={() => hovered >= 0 && setFocus(hovered === focus ? -1 : hovered)}
          onKeyDown={onKeyDown}
        >
          <canvas
            ref={canvas}
            className="waterfall-canvas"
            style={{ width: size.width, height: size.height }}
          />
          <div style={{ height: Math.max(0, depth * boxHeight + 8 - size.height) }} />
        </div>
      </div>
    </div>
  );
}
