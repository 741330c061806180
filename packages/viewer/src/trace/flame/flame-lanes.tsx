import type { FlameLanes } from '@utxoiq/model';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useShortcuts } from '../../app/shortcuts.tsx';
import { prepareCanvas, useSize } from '../../charts/canvas.ts';
import { rowName } from '../../design/shown-name.ts';
import { Failure, Loading } from '../../design/states.tsx';
import { formatDuration } from '../../time/format.ts';
import type { CriticalIndex } from '../analysis.ts';
import { useAnalysisTask } from '../heavy/use-analysis-task.ts';
import type { PictureSource } from '../picture.ts';
import type { Analysis } from '../use-analysis.ts';
import { type HoveredRow, PointerMarks } from '../waterfall/pointer-marks.tsx';
import { panWindow, type TimeWindow, windowAround } from '../waterfall/time-window.ts';
import { usePalette, useServiceColors } from '../waterfall/use-palette.ts';
import { type Point, useTimeGestures } from '../waterfall/use-time-gestures.ts';
import { drawLanes, type LaneScene, rowAt } from './draw-lanes.ts';
import { indexLanes } from './lane-index.ts';
import { isLaneKey, neighbourOf } from './lane-keys.ts';

interface FlameByTimeProps {
  readonly analysis: Analysis;
  readonly matches: Uint8Array | null;
  readonly critical: CriticalIndex | null;
  readonly self: Float64Array | null;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
  readonly selectedRow: number;
  readonly onSelect: (row: number, how: 'pointer' | 'key') => void;
  readonly picture: PictureSource;
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
  const { analysis, window, onWindow, selectedRow, onSelect, matches, critical } = props;
  const { outline, durationNanos } = analysis;
  const [frame, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<HoveredRow | null>(null);
  const palette = usePalette();
  const serviceColors = useServiceColors(outline.services);
  const index = useMemo(() => indexLanes(lanes), [lanes]);
  const { laneCount } = lanes;
  const hoveredRow = hovered?.row ?? -1;
  const layout = useMemo(() => ({ ...size, nameWidth: 0, headerHeight, rowHeight: laneHeight }), [size]);
  const scene = useCallback(
    (): LaneScene => ({
      outline,
      index,
      laneCount,
      serviceColors,
      palette,
      layout,
      window,
      top: scroller.current?.scrollTop ?? 0,
      selectedRow,
      hoveredRow,
      matches,
      critical,
    }),
    [
      outline,
      index,
      laneCount,
      serviceColors,
      palette,
      layout,
      window,
      selectedRow,
      hoveredRow,
      matches,
      critical,
    ],
  );
  const redraw = useCallback(() => {
    if (canvas.current === null || layout.width === 0) return;
    const context = prepareCanvas(canvas.current, layout);
    if (context !== null) drawLanes(context, scene());
  }, [scene, layout]);
  useLayoutEffect(redraw, [redraw]);
  useImperativeHandle(
    props.picture,
    () => () => ({
      width: layout.width,
      headerHeight,
      rowHeight: laneHeight,
      rowCount: laneCount,
      draw: (context, height) =>
        drawLanes(context, {
          ...scene(),
          layout: { ...layout, height },
          top: 0,
          selectedRow: -1,
          hoveredRow: -1,
        }),
    }),
    [scene, layout, laneCount],
  );

  const rowUnder = (at: Point | null) => (at === null ? -1 : rowAt(scene(), at.x, at.y));
  const { brush, handlers } = useTimeGestures({
    scroller,
    layout,
    window,
    totalNanos: durationNanos,
    onWindow,
    onHover: (at) => {
      const row = rowUnder(at);
      setHovered(at === null || row < 0 ? null : { row, ...at });
    },
    onTap: (at) => {
      const row = rowUnder(at);
      if (row >= 0) onSelect(row, 'pointer');
    },
  });
  const selectedLane = lanes.lanes[selectedRow];
  useEffect(() => {
    const element = scroller.current;
    if (element === null || selectedLane === undefined || layout.height === 0) return;
    const y = selectedLane * laneHeight;
    const page = layout.height - headerHeight - laneHeight;
    if (y < element.scrollTop || y > element.scrollTop + page) element.scrollTop = y - page / 2;
  }, [selectedLane, layout.height]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!isLaneKey(event.key) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const row = neighbourOf({ analysis, lanes, index }, selectedRow, event.key);
    if (row < 0) return;
    onSelect(row, 'key');
    const start = outline.startNanos[row] ?? 0;
    const wide = window.to - window.from;
    const isOutside = start > window.to || start + (outline.durationNanos[row] ?? 0) < window.from;
    if (isOutside) onWindow(panWindow(window, (start - window.from) / wide - 0.3, durationNanos));
  };
  useShortcuts('In the flame graph by time', [
    { keys: 'ArrowUp ArrowDown', label: 'The caller, its first call' },
    { keys: 'ArrowLeft ArrowRight', label: 'Beside it, in the same lane' },
  ]);
  return (
    <div ref={frame} className="flame-frame">
      <div
        ref={scroller}
        className="waterfall-scroll"
        role="application"
        aria-label="Flame graph by time. The arrow keys go to the caller, the first call and the spans beside it; the waterfall has the same spans as a tree."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see the role
        tabIndex={0}
        onScroll={redraw}
        onKeyDown={onKeyDown}
        {...handlers}
        onDoubleClick={() => hoveredRow >= 0 && onWindow(windowAround(outline, hoveredRow, durationNanos))}
      >
        <canvas
          ref={canvas}
          className="waterfall-canvas"
          style={{ width: size.width, height: size.height }}
        />
        <div style={{ height: Math.max(0, laneCount * laneHeight + headerHeight + 8 - size.height) }} />
      </div>
      <span className="visually-hidden" role="status">
        {selectedRow >= 0 &&
          `${rowName(outline, selectedRow)}, ${outline.services[outline.serviceIndexes[selectedRow] ?? 0]}, ${formatDuration((outline.durationNanos[selectedRow] ?? 0) / 1e6)}`}
      </span>
      <PointerMarks
        brush={brush}
        hovered={hovered}
        headerHeight={headerHeight}
        size={size}
        analysis={analysis}
        self={props.self}
        critical={critical}
      />
    </div>
  );
}
