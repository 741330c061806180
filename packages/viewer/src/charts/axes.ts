import { readToken } from '../app/theme.ts';
import { formatTick } from '../time/format.ts';
import type { TimeRange } from '../time/range.ts';
import type { Area } from './plot.tsx';
import { timeTicks } from './scale.ts';

export const axisFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';

export function drawTimeAxis(context: CanvasRenderingContext2D, area: Area, range: TimeRange): void {
  const span = range.endMs - range.startMs;
  context.font = axisFont;
  context.fillStyle = readToken('--faint');
  context.strokeStyle = readToken('--line');
  context.textBaseline = 'top';
  const baseline = area.top + area.height;
  for (const tick of timeTicks(range.startMs, range.endMs, Math.max(2, Math.floor(area.width / 80)))) {
    const x = area.left + ((tick - range.startMs) / span) * area.width;
    const label = formatTick(tick, span);
    const half = context.measureText(label).width / 2;
    context.fillRect(Math.round(x), baseline, 1, 3);
    const left = Math.min(Math.max(x - half, area.left - 20), area.left + area.width + 8 - half * 2);
    context.fillText(label, left, baseline + 6);
  }
  context.beginPath();
  context.moveTo(area.left, baseline + 0.5);
  context.lineTo(area.left + area.width, baseline + 0.5);
  context.stroke();
}

export interface YTick {
  /** 0 at the bottom, 1 at the top. */
  readonly at: number;
  readonly label: string;
}

export function drawYAxis(context: CanvasRenderingContext2D, area: Area, ticks: readonly YTick[]): void {
  context.font = axisFont;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const grid = readToken('--line');
  const text = readToken('--faint');
  for (const { at, label } of ticks) {
    const y = Math.round(area.top + (1 - at) * area.height);
    context.fillStyle = grid;
    if (at > 0.01) context.fillRect(area.left, y, area.width, 1);
    context.fillStyle = text;
    context.fillText(label, area.left - 6, Math.min(area.top + area.height - 3, Math.max(y, area.top + 5)));
  }
  context.textAlign = 'left';
}
