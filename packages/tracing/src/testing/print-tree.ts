import type { RecordedSpan } from './recorded-span.ts';
import { showValue } from './show-value.ts';

/** Attributes that differ from run to run: they would spoil a snapshot. */
const VOLATILE: ReadonlySet<string> = new Set([
  'correlation_id',
  'client.address',
  'server.port',
  'url.full',
]);

/** Spans as trees, parents before children, in the order in which they ended. */
export function printTree(spans: readonly RecordedSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) => {
    return parentSpanId !== null && known.has(parentSpanId) ? parentSpanId : '';
  });
  const lines: string[] = [];
  const print = (id: string, depth: number): void => {
    for (const span of children.get(id) ?? []) {
      lines.push(`${'  '.repeat(depth)}${describe(span)}`);
      for (const event of span.events) lines.push(`${'  '.repeat(depth + 1)}* ${event.name}`);
      print(span.spanId, depth + 1);
    }
  };
  print('', 0);
  return lines.join('\n');
}

function describe(span: RecordedSpan): string {
  const attributes = Object.entries(span.attributes)
    .filter(([key]) => !VOLATILE.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : showValue(value)}`);
  const status =
    span.status.code === 'unset'
      ? ''
      : ` [${[span.status.code, span.status.message].filter(Boolean).join(': ')}]`;
  return `${span.name} (${span.kind})${status}${attributes.length > 0 ? ` ${attributes.join(' ')}` : ''}`;
}
