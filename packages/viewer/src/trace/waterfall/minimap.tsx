import { minimap } from '@utxoiq/model';
import { type PointerEvent, useCallback, useState } from 'react';
import { type Size, useDrawing, useSize } from '../../charts/canvas.ts';
import { formatDuration } from '../../time/format.ts';
import type { Analysis } from '../use-analysis.ts';
import { clampWindow, isWhole, type TimeWindow } from './time-window.ts';
import { usePalette, useServiceColors } from './use-palette.ts';

const cellPx = 2;
const bandPx = 2;

interface MinimapProps {
  readonly analysis: Analysis;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}

/** The whole trace, a line of pixels for every few spans, and the part of it that is shown. */
export function Minimap({ analysis, window, onWindow }: MinimapProps) {
  const { outline, tree, durationNanos } = analysis;
  const palette = usePalette();
  const colors = useServiceColors(outline.services);
  const [frame, size] = useSize<HTMLDivElement>();
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const total = Math.max(1, durationNanos);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, { width, height }: Size) => {
      const columns = Math.max(1, Math.floor(width / cellPx));
      const map = minimap(outline, tree.order, {
        columns,
        bands: Math.max(1, Math.floor((height - 4) / bandPx)),
        lengthNanos: total,
      });
      const bandHeight = Math.min(6, (height - 4) / map.bands);
      for (let band = 0; band < map.bands; band += 1) {
        const color = colors[map.bandServices[band] ?? 0] ?? palette.muted;
        const y = 2 + (band / map.bands) * (height - 4);
        for (let column = 0; column < columns; column += 1) {
          const cell = band * columns + column;
          if (map.counts[cell] === 0) continue;
          context.fillStyle = map.errors[cell] === 0 ? color : palette.error;
          context.fillRect(column * cellPx, y, cellPx, Math.max(1, bandHeight - 0.5));
        }
      }
    },
    [outline, tree, total, palette, colors],
  );
  const canvas = useDrawing(draw, size);
  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * total;
  };
  const shown =
    drag === null ? window : { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) };
  const left = (shown.from / total) * 100;
  const right = (shown.to / total) * 100;
  return (
    <div
      ref={frame}
      className="minimap"
      role="img"
      aria-label={`Overview; ${formatDuration(window.from / 1e6)} to ${formatDuration(window.to / 1e6)} of ${formatDuration(total / 1e6)} shown`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => drag !== null && setDrag({ from: drag.from, to: at(event) })}
      onPointerUp={() => {
        if (drag === null) return;
        setDrag(null);
        const isClick = Math.abs(drag.to - drag.from) < total * 0.003;
        const half = (window.to - window.from) / 2;
        const next = isClick ? { from: drag.from - half, to: drag.from + half } : shown;
        onWindow(clampWindow(next, total));
      }}
      onDoubleClick={() => onWindow({ from: 0, to: total })}
    >
      <canvas ref={canvas} style={{ width: size.width, height: size.height }} />
      {(drag !== null || !isWhole(window, total)) && (
        <>
          <div className="minimap-shade" style={{ left: 0, width: `${left}%` }} />
          <div className="minimap-shade" style={{ left: `${right}%`, right: 0 }} />
          <div
            className="minimap-window"
            style={{ left: `${left}%`, width: `${Math.max(0.2, right - left)}%` }}
          />
        </>
      )}
    </div>
  );
}
