import type { TraceItem } from '../api/types.ts';
import { ServiceChip } from '../design/service-chip.tsx';
import { formatCount } from '../time/format.ts';
import { fitChips } from './fit-chips.ts';

type Services = TraceItem['services'];

const gap = 4;
const moreWidth = 28;
/** Padding, borders, swatch and the gaps of a chip; see `.chip`. */
const chipFrame = 32;

let context: CanvasRenderingContext2D | null = null;
const textWidths = new Map<string, number>();

function textWidth(text: string): number {
  const known = textWidths.get(text);
  if (known !== undefined) return known;
  if (context === null) {
    context = document.createElement('canvas').getContext('2d');
    if (context !== null) context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  }
  const width = Math.ceil(context?.measureText(text).width ?? text.length * 7);
  if (textWidths.size > 2000) textWidths.clear();
  textWidths.set(text, width);
  return width;
}

function chipWidth({ name, span_count }: Services[number]): number {
  const count = span_count > 1 ? 6 + textWidth(formatCount(span_count)) : 0;
  return Math.min(chipFrame + textWidth(name || '(no service)') + count, 220);
}

/** As many services of a trace as fit; the rest as a number that names them. */
export function ServiceChips({ services, width }: { services: Services; width: number }) {
  const shown = fitChips(services.map(chipWidth), { available: width, gap, moreWidth });
  const rest = services.slice(shown);
  const restText = rest.map(({ name, span_count }) => `${name}: ${span_count} spans`).join('\n');
  return (
    <span className="cell-services">
      {services.slice(0, shown).map(({ name, span_count }) => (
        <ServiceChip key={name} name={name} count={span_count} />
      ))}
      {rest.length > 0 && (
        <span className="faint chips-more" title={restText}>
          +{rest.length}
          <span className="visually-hidden"> more: {rest.map(({ name }) => name).join(', ')}</span>
        </span>
      )}
    </span>
  );
}
