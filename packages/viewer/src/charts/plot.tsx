import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { type Size, useDrawing, useSize } from './canvas.ts';

export const margin = { left: 54, right: 8, top: 6, bottom: 20 } as const;

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
export function plotArea({ width, height }: Size): Area {
  return {
    left: margin.left,
    top: margin.top,
    width: Math.max(1, width - margin.left - margin.right),
    height: Math.max(1, height - margin.top - margin.bottom),
  };
}

/** A rectangle in shares of the plot: x to the right, y upwards, both 0 to 1. */
export interface PlotRect {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

interface PlotProps {
  readonly label: string;
  readonly draw: (context: CanvasRenderingContext2D, area: Area) => void;
  /** Whether a drag spans a rectangle or only a range of x. */
  readonly brush: 'x' | 'xy';
  readonly selected?: PlotRect | null;
  readonly hoverX: number | null;
  readonly onHover: (at: { x: number; y: number } | null) => void;
  readonly onSelect: (rect: PlotRect) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children?: ReactNode;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

function rectOf(drag: Drag, brush: 'x' | 'xy'): PlotRect {
  return {
    x0: Math.min(drag.x, drag.toX),
    x1: Math.max(drag.x, drag.toX),
    y0: brush === 'x' ? 0 : Math.min(drag.y, drag.toY),
    y1: brush === 'x' ? 1 : Math.max(drag.y, drag.toY),
  };
}

function rectStyle(rect: PlotRect, area: Area) {
  return {
    left: area.left + rect.x0 * area.width,
    width: Math.max(1, (rect.x1 - rect.x0) * area.width),
    top: area.top + (1 - rect.y1) * area.height,
    height: Math.max(1, (rect.y1 - rect.y0) * area.height),
  };
}

/** A canvas with axes' margins, a crosshair shared by all charts of a page, and a brush. */
export function Plot(props: PlotProps) {
  const [frame, size] = useSize<HTMLDivElement>();
  const area = plotArea(size);
  const [drag, setDrag] = useState<Drag | null>(null);
  const { draw } = props;
  const canvas = useDrawing((context) => draw(context, area), size);

  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: clamp((event.clientX - box.left - area.left) / area.width),
      y: clamp(1 - (event.clientY - box.top - area.top) / area.height),
    };
  };
  const finish = () => {
    if (drag === null) return;
    setDrag(null);
    const rect = rectOf(drag, props.brush);
    const moved = (rect.x1 - rect.x0) * area.width > 3 || (rect.y1 - rect.y0) * area.height > 3;
    if (moved || props.brush === 'xy') props.onSelect(rect);
  };
  const shown = drag === null ? (props.selected ?? null) : rectOf(drag, props.brush);
  return (
    <div
      ref={frame}
      className="plot"
      role="application"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see the role
      tabIndex={0}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const { x, y } = at(event);
        setDrag({ x, y, toX: x, toY: y });
      }}
      onPointerMove={(event) => {
        const { x, y } = at(event);
        props.onHover({ x, y });
        if (drag !== null) setDrag({ ...drag, toX: x, toY: y });
      }}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => props.onHover(null)}
      onKeyDown={props.onKeyDown}
    >
      <canvas ref={canvas} style={{ width: size.width, height: size.height }} />
      {props.hoverX !== null && drag === null && (
        <div
          className="crosshair"
          style={{ left: area.left + props.hoverX * area.width, top: area.top, height: area.height }}
        />
      )}
      {shown !== null && <div className="brush" style={rectStyle(shown, area)} />}
      {props.children}
    </div>
  );
}
