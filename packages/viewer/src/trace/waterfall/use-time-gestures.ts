import {
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type Layout, xToTime } from './scene.ts';
import { clampWindow, panWindow, type TimeWindow, zoomWindow } from './time-window.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface TimeGestureOptions {
  /** What holds the canvas and scrolls; points are counted from its upper left corner. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly layout: Layout;
  readonly window: TimeWindow;
  readonly totalNanos: number;
  readonly onWindow: (window: TimeWindow) => void;
  readonly onHover: (at: Point | null) => void;
  readonly onTap: (at: Point) => void;
  /** The edge between names and bars is dragged to here. */
  readonly onSplit?: (x: number) => void;
}

/** A pointer's way from where it went down. */
interface Gesture extends Point {
  readonly kind: 'brush' | 'pan' | 'split' | 'press';
  readonly window: TimeWindow;
  toX: number;
}

const tapPx = 4;
const splitPx = 5;

function kindOf(x: number, { nameWidth }: Layout, isPan: boolean): Gesture['kind'] {
  if (nameWidth > 0 && Math.abs(x - nameWidth) < splitPx) return 'split';
  if (x < nameWidth) return 'press';
  return isPan ? 'pan' : 'brush';
}

/** Where a point lies in the part with the bars, 0 to 1. */
function shareAt(x: number, { nameWidth, width }: Layout): number {
  return Math.min(1, Math.max(0, (x - nameWidth) / Math.max(1, width - nameWidth)));
}

/**
 * Moving through time by pointer: drag to zoom to a stretch, Shift and drag or one finger to pan, two fingers to
 * zoom, the wheel with Ctrl to zoom and with Shift to pan; whatever went nowhere is a tap.
 */
export function useTimeGestures(options: TimeGestureOptions) {
  const { scroller, layout } = options;
  const [brush, setBrush] = useState<{ left: number; width: number } | null>(null);
  const gesture = useRef<Gesture | null>(null);
  const fingers = useRef(new Map<number, Point>());
  // A wheel turns and fingers move faster than the page draws: what they reached is kept here between two frames.
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });
  const moveTo = useCallback((window: TimeWindow) => {
    latest.current = { ...latest.current, window };
    latest.current.onWindow(window);
  }, []);
  useWheel(scroller, latest);

  const pointOf = (event: PointerEvent): Point => {
    const box = scroller.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const pinch = (pointerId: number, at: Point) => {
    const before = [...fingers.current.values()];
    fingers.current.set(pointerId, at);
    const after = [...fingers.current.values()];
    const [a, b, c, d] = [before[0]?.x ?? 0, before[1]?.x ?? 0, after[0]?.x ?? 0, after[1]?.x ?? 0];
    const factor = Math.max(8, Math.abs(a - b)) / Math.max(8, Math.abs(c - d));
    const { window, totalNanos } = latest.current;
    moveTo(zoomWindow(window, Math.min(2, Math.max(0.5, factor)), shareAt((c + d) / 2, layout), totalNanos));
  };
  const onPointerDown = (event: PointerEvent) => {
    const { x, y } = pointOf(event);
    // The scroll bar lies outside the canvas.
    if (event.button !== 0 || x > layout.width) return;
    fingers.current.set(event.pointerId, { x, y });
    const isTouch = event.pointerType === 'touch';
    const kind = kindOf(x, layout, isTouch || event.shiftKey);
    // With a second finger it is a pinch, which ends in neither a tap nor a pan.
    gesture.current = fingers.current.size > 1 ? null : { kind, x, y, toX: x, window: latest.current.window };
    if (!isTouch) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const { x, y } = pointOf(event);
    const active = gesture.current;
    if (fingers.current.size === 2 && fingers.current.has(event.pointerId))
      return pinch(event.pointerId, { x, y });
    if (active === null) return options.onHover({ x, y });
    active.toX = x;
    if (active.kind === 'split') options.onSplit?.(x);
    if (active.kind === 'pan') {
      const share = (active.x - x) / Math.max(1, layout.width - layout.nameWidth);
      moveTo(panWindow(active.window, share, options.totalNanos));
    }
    if (active.kind === 'brush' && Math.abs(x - active.x) > tapPx) {
      setBrush({ left: Math.max(layout.nameWidth, Math.min(x, active.x)), width: Math.abs(x - active.x) });
    }
  };
  /** The browser scrolls with the finger from here on: nothing was tapped. */
  const onPointerCancel = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId);
    gesture.current = null;
    setBrush(null);
  };
  const onPointerUp = (event: PointerEvent) => {
    const active = gesture.current;
    onPointerCancel(event);
    if (active === null || active.kind === 'split') return;
    if (Math.abs(active.toX - active.x) <= tapPx) return options.onTap(active);
    if (active.kind !== 'brush') return;
    const timeAt = (x: number) => xToTime(layout, latest.current.window, Math.max(layout.nameWidth, x));
    moveTo(clampWindow({ from: timeAt(active.x), to: timeAt(active.toX) }, options.totalNanos));
  };
  return {
    brush,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel,
      onPointerLeave: () => options.onHover(null),
    },
  };
}

/** React listens to wheels passively, and zooming must keep the page from zooming too. */
function useWheel(scroller: RefObject<HTMLElement | null>, latest: RefObject<TimeGestureOptions>): void {
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let pending = 0;
    const onWheel = (event: WheelEvent) => {
      const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !isPan) return;
      event.preventDefault();
      const { layout, window, totalNanos } = latest.current;
      const delta = event.deltaX !== 0 && isPan ? event.deltaX : event.deltaY;
      const share = shareAt(event.clientX - element.getBoundingClientRect().left, layout);
      const next = isPan
        ? panWindow(window, delta / Math.max(1, layout.width - layout.nameWidth), totalNanos)
        : zoomWindow(window, Math.exp(Math.max(-60, Math.min(60, delta)) / 120), share, totalNanos);
      latest.current = { ...latest.current, window: next };
      if (pending !== 0) return;
      pending = requestAnimationFrame(() => {
        pending = 0;
        latest.current.onWindow(latest.current.window);
      });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      cancelAnimationFrame(pending);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scroller, latest]);
}
