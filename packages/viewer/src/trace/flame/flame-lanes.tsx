import type { FlameLanes } from '@utxoiq/model';
import { type PointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { prepareCanvas, useSize } from '../../charts/canvas.ts';
import { Failure, Loading } from '../../design/states.tsx';
import { useAnalysisTask } from '../heavy/use-analysis-task.ts';
import type { Analysis } from '../use-analysis.ts';
import { clampWindow, panWindow, type TimeWindow, zoomWindow } from '../waterfall/time-window.ts';
import { SpanTooltip } from '../waterfall/tooltip.tsx';
import { usePalette, useServiceColors } from '../waterfall/use-palette.ts';
import { drawLanes, type LaneScene, rowAt } from './draw-lanes.ts';
import { indexLanes } from './lane-index.ts';

interface FlameByTimeProps {
  readonly analysis: Analysis;
  readonly matches: Uint8Array | null;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
  readonly selectedRow: number;
  readonly onSelect: (row: number, how: 'pointer') => void;
}

const headerHeight = 24;
const laneHeight = 20;

/** Every span where and when it ran, below its parent; those that ran at once stand below each other. */
export function FlameByTime(props: FlameByTimeProps) {
  const { outline } = props.analysis;
  const task = useMemo(() => ({ kind: 'lanes' as const, outline }), [outline]);
  const answer = useAnalysisTask(task);
  if (answer?.status === 'failed') return <Failure error={answer.error} what="the lanes" />;
  if (answer?.status !== 'done') return <Loading what="the lanes" />;
  return <Lanes {...props} lanes={answer.result} />;
}

function Lanes({ lanes, ...props }: FlameByTimeProps & { readonly lanes: FlameLanes }) {
  const { analysis, window, onWindow, selectedRow, onSelect, matches } = props;
  const { outline, durationNanos } = analysis;
  const [frame, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<{ row: number; x: number; y: number } | null>(null);
  const palette = usePalette();
  const serviceColors = useServiceColors(outline.services);
  const index = useMemo(() => indexLanes(lanes), [lanes]);
  const { laneCount } = lanes;
  const hoveredRow = hovered?.row ?? -1;
  const scene = useCallback(
    (): LaneScene => ({
      outline,
      index,
      laneCount,
      serviceColors,
      palette,
      layout: { ...size, nameWidth: 0, headerHeight, rowHeight: laneHeight },
      window,
      top: scroller.current?.scrollTop ?? 0,
      selectedRow,
      hoveredRow,
      matches,
    }),
    [outline, index, laneCount, serviceColors, palette, size, window, selectedRow, hoveredRow, matches],
  );
  const redraw = useCallback(() => {
    if (canvas.current === null || size.width === 0) return;
    const context = prepareCanvas(canvas.current, size);
    if (context !== null) drawLanes(context, scene());
  }, [scene, size]);
  useLayoutEffect(redraw, [redraw]);

  // React listens to wheels passively, and zooming must keep the page from zooming too.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !isPan) return;
      event.preventDefault();
      const delta = event.deltaX !== 0 && isPan ? event.deltaX : event.deltaY;
      const share = (event.clientX - element.getBoundingClientRect().left) / Math.max(1, size.width);
      onWindow(
        isPan
          ? panWindow(window, delta / Math.max(1, size.width), durationNanos)
          : zoomWindow(window, Math.exp(Math.max(-60, Math.min(60, delta)) / 120), share, durationNanos),
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [window, onWindow, durationNanos, size.width]);

  const onPointerMove = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const row = rowAt(scene(), x, y);
    setHovered(row < 0 ? null : { row, x, y });
  };
  const zoomToHovered = () => {
    if (hoveredRow < 0) return;
    const start = outline.startNanos[hoveredRow] ?? 0;
    const long = outline.durationNanos[hoveredRow] ?? 0;
    onWindow(clampWindow({ from: start - long * 0.05, to: start + long * 1.05 }, durationNanos));
  };
  return (
    <div ref={frame} className="flame-frame">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: j, k and the search choose spans by key in every view */}
      <div
        ref={scroller}
        className="waterfall-scroll"
        role="application"
        aria-label="Flame graph by time. The waterfall has the same spans as a tree."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        tabIndex={0}
        onScroll={redraw}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
        onClick={() => hoveredRow >= 0 && onSelect(hoveredRow, 'pointer')}
        onDoubleClick={zoomToHovered}
      >
        <canvas
          ref={canvas}
          className="waterfall-canvas picture-source"
          style={{ width: size.width, height: size.height }}
        />
        <div style={{ height: Math.max(0, laneCount * laneHeight + headerHeight + 8 - size.height) }} />
      </div>
      {hovered !== null && (
        <SpanTooltip
          analysis={analysis}
          row={hovered.row}
          x={hovered.x}
          y={hovered.y}
          width={size.width}
          height={size.height}
          self={null}
          critical={null}
        />
      )}
    </div>
  );
}
