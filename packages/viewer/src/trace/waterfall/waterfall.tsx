import {
  type KeyboardEvent,
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
import type { CriticalIndex } from '../analysis.ts';
import type { PictureSource } from '../picture.ts';
import type { Analysis } from '../use-analysis.ts';
import { drawWaterfall } from './draw.ts';
import { type HoveredRow, PointerMarks } from './pointer-marks.tsx';
import { RowMirror } from './row-mirror.tsx';
import { indentOf, placeAt, type Scene } from './scene.ts';
import { scrollScale } from './scroll-scale.ts';
import { type TimeWindow, windowAround } from './time-window.ts';
import { usePalette, useServiceColors } from './use-palette.ts';
import { type Point, useTimeGestures } from './use-time-gestures.ts';

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
  readonly picture?: PictureSource;
}

const headerHeight = 26;
const coarse = globalThis.matchMedia?.('(pointer: coarse)');
const rowHeightPx = () => (coarse?.matches === true ? 34 : 24);

export function Waterfall(props: WaterfallProps) {
  const { analysis, visible, collapsed, matches, critical, selectedRow, onWindow } = props;
  const { outline, tree, durationNanos } = analysis;
  const [frame, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const serviceColors = useServiceColors(outline.services);
  const [nameShare, setNameShare] = useState(0.34);
  const [hovered, setHovered] = useState<HoveredRow | null>(null);
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

  const onTap = ({ x, y }: Point) => {
    const place = placeAt(current.current, y);
    if (place < 0) return;
    const row = visible[place] ?? 0;
    const indent = indentOf(tree.depths[row] ?? 0, current.current.layout);
    const isToggle = x > indent - 6 && x < indent + 14 && (tree.subtreeSizes[row] ?? 1) > 1;
    shownRow.current = row;
    if (isToggle) props.onToggle(row);
    else props.onSelect(row, 'pointer');
  };
  const { brush, handlers } = useTimeGestures({
    scroller,
    layout: scene.layout,
    window: props.window,
    totalNanos: durationNanos,
    onWindow,
    onHover: (at) => {
      const place = at === null ? -1 : placeAt(current.current, at.y);
      setHovered(at === null || place < 0 ? null : { row: visible[place] ?? -1, ...at });
    },
    onTap,
    onSplit: (x) => setNameShare(x / Math.max(1, size.width)),
  });
  useImperativeHandle(
    props.picture,
    () => () => ({
      width: scene.layout.width,
      headerHeight,
      rowHeight,
      rowCount: visible.length,
      draw: (context, height) =>
        drawWaterfall(context, {
          ...scene,
          layout: { ...scene.layout, height },
          top: 0,
          selectedRow: -1,
          hoveredRow: -1,
        }),
    }),
    [scene, visible, rowHeight],
  );

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

  useShortcuts('In the rows', [
    { keys: 'ArrowDown ArrowUp', label: 'Next row, row before' },
    { keys: 'PageDown PageUp', label: 'A page of rows' },
    { keys: 'Home End', label: 'First row, last row' },
  ]);
  return (
    <div ref={frame} className="waterfall">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tree inside it has the role and the keys */}
      <div
        ref={scroller}
        className="waterfall-scroll"
        data-cursor={hovered !== null && Math.abs(hovered.x - nameWidth) < 5 ? 'split' : undefined}
        onScroll={onScroll}
        {...handlers}
        onDoubleClick={() => {
          if (hovered === null || hovered.x < nameWidth) return;
          onWindow(windowAround(outline, hovered.row, durationNanos));
        }}
      >
        <canvas
          ref={canvas}
          className="waterfall-canvas"
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
