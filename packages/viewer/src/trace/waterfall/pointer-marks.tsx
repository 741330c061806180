import type { Size } from '../../charts/canvas.ts';
import { ServiceSwatch } from '../../design/service-chip.tsx';
import { rowName } from '../../design/shown-name.ts';
import { formatDuration } from '../../time/format.ts';
import { type CriticalIndex, criticalNanos } from '../analysis.ts';
import type { Analysis } from '../use-analysis.ts';

/** A row under the pointer, and where that is. */
export interface HoveredRow {
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

interface PointerMarksProps extends Pick<SpanTooltipProps, 'analysis' | 'self' | 'critical'> {
  readonly brush: { readonly left: number; readonly width: number } | null;
  readonly hovered: HoveredRow | null;
  readonly headerHeight: number;
  readonly size: Size;
}

/** What the pointer shows above a canvas of spans: the stretch that it drags over, else what lies under it. */
export function PointerMarks({ brush, hovered, headerHeight, size, ...known }: PointerMarksProps) {
  if (brush !== null)
    return <div className="brush waterfall-brush" style={{ ...brush, top: headerHeight, bottom: 0 }} />;
  return hovered === null ? null : <SpanTooltip {...known} {...hovered} {...size} />;
}

interface SpanTooltipProps {
  readonly analysis: Analysis;
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly self: Float64Array | null;
  readonly critical: CriticalIndex | null;
}

/** What a bar is, beside the pointer. Everything in it is also in the details panel. */
function SpanTooltip({ analysis, row, x, y, width, height, self, critical }: SpanTooltipProps) {
  const { outline } = analysis;
  const service = outline.services[outline.serviceIndexes[row] ?? 0] ?? '';
  const onPath = critical === null ? 0 : criticalNanos(critical, row);
  return (
    <div
      className="tooltip"
      aria-hidden="true"
      style={{
        left: Math.max(4, Math.min(x + 14, width - 300)),
        ...(y > height - 110 ? { bottom: height - y + 12 } : { top: y + 16 }),
      }}
    >
      <b>{rowName(outline, row).slice(0, 300)}</b>
      <span className="line">
        <ServiceSwatch name={service} /> {service}
      </span>
      <span>
        <b>{formatDuration((outline.durationNanos[row] ?? 0) / 1e6)}</b>
        <span className="faint"> from +{formatDuration((outline.startNanos[row] ?? 0) / 1e6)}</span>
      </span>
      {self !== null && (
        <span className="faint">
          self {formatDuration((self[row] ?? 0) / 1e6)}
          {onPath > 0 && `, on the critical path ${formatDuration(onPath / 1e6)}`}
        </span>
      )}
    </div>
  );
}
