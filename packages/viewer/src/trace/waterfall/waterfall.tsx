import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { prepareCanvas, useSize } from '../../charts/canvas.ts';
import type { CriticalIndex } from '../analysis.ts';
import type { Analysis } from '../use-analysis.ts';
import { drawWaterfall } from './draw.ts';
import { RowMirror } from './row-mirror.tsx';
import { indentOf, placeAt, type Scene, timeToX, xToTime } from './scene.ts';
import { scrollScale } from './scroll-scale.ts';
import { clampWindow, panWindow, type TimeWindow, zoomWindow } from './time-window.ts';
import { SpanTooltip } from './tooltip.tsx';
import { usePalette, useServiceColors } from './use-palette.ts';

export interface WaterfallProps {
  readonly analysis: Analysis;
  readonly visible: Uint32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly matches: Uint8Array | null;
  readonly critical: CriticalIndex | null;
  readonly self: Float64Array | null;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
  readonly selectedRow: number;
  readonly onSelect: (row: number, how: 'pointer' | 'key') => void;
  readonly onToggle: (row: number) => void;
}

const headerHeight = 26;
const coarse = globalThis.matchMedia?.('(pointer: coarse)');
const rowHeightPx = () => (coarse?.matches === true ? 34 : 24);

/** A pointer's way from where it went down. */
interface Gesture {
  readonly kind: 'brush' | 'pan' | 'split' | 'press';
  readonly x: number;
  readonly y: number;
  readonly window: TimeWindow;
  toX: number;
}

export function Waterfall(props: WaterfallProps) {
  const { analysis, visible, collapsed, matches, critical, selectedRow, onWindow } = props;
  const { outline, tree, durationNanos } = analysis;
  const [frame, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const serviceColors = useServiceColors(outline.services);
  const [nameShare, setNameShare] = useState(0.34);
  const [hovered, setHovered] = useState<{ row: number; x: number; y: number } | null>(null);
  const [brush, setBrush] = useState<{ left: number; width: number } | null>(null);
  const gesture = useRef<Gesture | null>(null);
  const pinch = useRef(new Map<number, { x: number; y: number }>());
  const rowHeight = rowHeightPx();
  const nameWidth = Math.round(Math.min(640, Math.max(110, size.width * nameShare)));
  const contentPx = visible.length * rowHeight + headerHeight;
  const scale = scrollScale(contentPx, size.height);

  const scene = useMemo(
    (): Omit<Scene, 'top'> => ({
      outline,
      tree,
      visible,
      collapsed,
      matches,
      critical,
      serviceColors,
      palette,
      layout: { width: size.width, height: size.height, nameWidth, headerHeight, rowHeight },
      window: props.window,
      selectedRow,
      hoveredRow: hovered?.row ?? -1,
    }),
    [
      outline,
      tree,
      visible,
      collapsed,
      matches,
      critical,
      serviceColors,
      palette,
      size,
      nameWidth,
      rowHeight,
      props.window,
      selectedRow,
      hovered?.row,
    ],
  );
  const current = useRef<Scene>({ ...scene, top: 0 });
  const pending = useRef(0);
  const draw = useCallback(() => {
    pending.current = 0;
    if (canvas.current === null || current.current.layout.width === 0) return;
    const context = prepareCanvas(canvas.current, current.current.layout);
    if (context !== null) drawWaterfall(context, current.current);
  }, []);
  const schedule = useCallback(() => {
    if (pending.current === 0) pending.current = requestAnimationFrame(draw);
  }, [draw]);
  const topOf = useCallback(() => (scroller.current?.scrollTop ?? 0) * scale.ratio, [scale.ratio]);

  useLayoutEffect(() => {
    current.current = { ...scene, top: topOf() };
    draw();
  }, [scene, topOf, draw]);
  useEffect(() => () => cancelAnimationFrame(pending.current), []);

  const onScroll = () => {
    current.current = { ...current.current, top: topOf() };
    schedule();
  };

  // A selection made elsewhere (search, a link, the table) comes into view.
  const shownRow = useRef(-1);
  useEffect(() => {
    const element = scroller.current;
    if (element === null || size.height === 0 || selectedRow < 0 || shownRow.current === selectedRow) return;
    const place = visible.indexOf(selectedRow);
    if (place < 0) return;
    shownRow.current = selectedRow;
    const y = place * rowHeight;
    const page = size.height - headerHeight - rowHeight;
    const top = element.scrollTop * scale.ratio;
    if (y >= top && y <= top + page) return;
    // One step by key moves by a row, a jump brings the row to the middle.
    const near = y > top - 2 * rowHeight && y < top + page + 2 * rowHeight;
    const target = near ? (y < top ? y : y - page) : y - page / 2;
    element.scrollTop = target / scale.ratio;
  }, [selectedRow, visible, size.height, rowHeight, scale.ratio]);

  // React listens to wheels passively, and zooming must keep the page from zooming too.
  const latest = useRef({ onWindow, durationNanos });
  latest.current = { onWindow, durationNanos };
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let zooming = 0;
    const onWheel = (event: WheelEvent) => {
      const { layout, window } = current.current;
      const { durationNanos: total } = latest.current;
      const x = event.clientX - element.getBoundingClientRect().left;
      const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !isPan) return;
      event.preventDefault();
      const delta = event.deltaX !== 0 && isPan ? event.deltaX : event.deltaY;
      const share = Math.min(1, Math.max(0, (x - layout.nameWidth) / (layout.width - layout.nameWidth)));
      const next = isPan
        ? panWindow(window, delta / (layout.width - layout.nameWidth), total)
        : zoomWindow(window, Math.exp(Math.max(-60, Math.min(60, delta)) / 120), share, total);
      current.current = { ...current.current, window: next };
      // A wheel turns faster than frames come; the page follows once per frame.
      if (zooming === 0) {
        zooming = requestAnimationFrame(() => {
          zooming = 0;
          latest.current.onWindow(current.current.window);
        });
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      cancelAnimationFrame(zooming);
      element.removeEventListener('wheel', onWheel);
    };
  }, []);

  const point = (event: PointerEvent) => {
    const box = scroller.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const { x, y } = point(event);
    // The scroll bar lies outside the canvas.
    if (x > size.width) return;
    pinch.current.set(event.pointerId, { x, y });
    const isTouch = event.pointerType === 'touch';
    const kind =
      Math.abs(x - nameWidth) < 5
        ? 'split'
        : x < nameWidth
          ? 'press'
          : isTouch || event.shiftKey
            ? 'pan'
            : 'brush';
    // With a second finger it is a pinch, which ends in neither a tap nor a pan.
    gesture.current = pinch.current.size > 1 ? null : { kind, x, y, toX: x, window: current.current.window };
    if (!isTouch) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPinch = (event: PointerEvent, x: number, y: number) => {
    const [a, b] = [...pinch.current.values()];
    if (a === undefined || b === undefined) return;
    const before = Math.abs(a.x - b.x);
    pinch.current.set(event.pointerId, { x, y });
    const [c, d] = [...pinch.current.values()];
    if (c === undefined || d === undefined) return;
    const after = Math.abs(c.x - d.x);
    const share = ((c.x + d.x) / 2 - nameWidth) / Math.max(1, size.width - nameWidth);
    const factor = Math.min(2, Math.max(0.5, Math.max(8, before) / Math.max(8, after)));
    onWindow(zoomWindow(current.current.window, factor, Math.min(1, Math.max(0, share)), durationNanos));
  };
  const onPointerMove = (event: PointerEvent) => {
    const { x, y } = point(event);
    const active = gesture.current;
    if (pinch.current.size === 2 && pinch.current.has(event.pointerId)) return onPinch(event, x, y);
    if (active === null) {
      const place = placeAt(current.current, y);
      const row = place < 0 ? -1 : (visible[place] ?? -1);
      setHovered(row < 0 ? null : { row, x, y });
      return;
    }
    active.toX = x;
    if (active.kind === 'split') setNameShare(x / Math.max(1, size.width));
    if (active.kind === 'pan') {
      onWindow(panWindow(active.window, (active.x - x) / Math.max(1, size.width - nameWidth), durationNanos));
    }
    if (active.kind === 'brush' && Math.abs(x - active.x) > 4) {
      setBrush({ left: Math.max(nameWidth, Math.min(x, active.x)), width: Math.abs(x - active.x) });
    }
  };
  /** The browser scrolls with the finger from here on: nothing was tapped. */
  const onPointerCancel = (event: PointerEvent) => {
    pinch.current.delete(event.pointerId);
    gesture.current = null;
    setBrush(null);
  };
  const onPointerUp = (event: PointerEvent) => {
    const active = gesture.current;
    onPointerCancel(event);
    if (active === null) return;
    const moved = Math.abs(active.toX - active.x) > 4;
    if (active.kind === 'brush' && moved) {
      const { layout, window } = current.current;
      const a = xToTime(layout, window, Math.max(nameWidth, active.x));
      const b = xToTime(layout, window, Math.max(nameWidth, active.toX));
      onWindow(clampWindow({ from: Math.min(a, b), to: Math.max(a, b) }, durationNanos));
      return;
    }
    const place = placeAt(current.current, active.y);
    if (moved || place < 0 || active.kind === 'split') return;
    const row = visible[place] ?? 0;
    const indent = indentOf(tree.depths[row] ?? 0, current.current.layout);
    const onToggle = active.x > indent - 6 && active.x < indent + 14 && (tree.subtreeSizes[row] ?? 1) > 1;
    shownRow.current = row;
    if (onToggle) props.onToggle(row);
    else props.onSelect(row, 'pointer');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const place = Math.max(0, visible.indexOf(selectedRow));
    const page = Math.max(1, Math.floor(size.height / rowHeight) - 3);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: visible.length - 1,
    };
    const target = moves[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || visible.length === 0) return;
    event.preventDefault();
    const next = selectedRow < 0 ? 0 : Math.min(visible.length - 1, Math.max(0, target));
    props.onSelect(visible[next] ?? 0, 'key');
  };

  return (
    <div ref={frame} className="waterfall">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tree inside it has the role and the keys */}
      <div
        ref={scroller}
        className="waterfall-scroll"
        data-cursor={hovered !== null && Math.abs(hovered.x - nameWidth) < 5 ? 'split' : undefined}
        onScroll={onScroll}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerCancel}
        onPointerLeave={() => setHovered(null)}
        onDoubleClick={() => {
          if (hovered === null || hovered.x < nameWidth) return;
          const start = outline.startNanos[hovered.row] ?? 0;
          const long = outline.durationNanos[hovered.row] ?? 0;
          onWindow(clampWindow({ from: start - long * 0.05, to: start + long * 1.05 }, durationNanos));
        }}
      >
        <canvas
          ref={canvas}
          className="waterfall-canvas picture-source"
          style={{ width: size.width, height: size.height }}
        />
        <div style={{ height: Math.max(0, scale.trackPx - size.height) }} />
      </div>
      <RowMirror
        analysis={analysis}
        visible={visible}
        collapsed={collapsed}
        selectedRow={selectedRow}
        scroller={scroller}
        ratio={scale.ratio}
        rowHeight={rowHeight}
        headerHeight={headerHeight}
        height={size.height}
        onKeyDown={onKeyDown}
      />
      {brush !== null && (
        <div className="brush waterfall-brush" style={{ ...brush, top: headerHeight, bottom: 0 }} />
      )}
      {hovered !== null && brush === null && (
        <SpanTooltip
          analysis={analysis}
          row={hovered.row}
          x={hovered.x}
          y={hovered.y}
          width={size.width}
          height={size.height}
          self={props.self}
          critical={critical}
          timeX={timeToX(current.current.layout, props.window, outline.startNanos[hovered.row] ?? 0)}
        />
      )}
    </div>
  );
}
