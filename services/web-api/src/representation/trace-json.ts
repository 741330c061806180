import { Readable } from 'node:stream';
import type { TraceResult } from '@utxoiq/store';
import { withOlderNames } from './older-names.ts';
import { spanJson } from './span-json.ts';
import { traceSummaryJson } from './summary-json.ts';

const spansPerChunk = 200;

/**
 * A whole trace as JSON text, in chunks: one call of JSON.stringify over 100,000 spans would hold up every
 * other request for a second.
 */
export function traceJson(trace: TraceResult): string | Readable {
  if (trace.spans.length <= spansPerChunk) return [...chunks(trace)].join('');
  return Readable.from(chunks(trace), { objectMode: false });
}

function* chunks({ summary, spans, partial }: TraceResult): Generator<string> {
  const { trace_id, project_id, span_count, ...rest } = traceSummaryJson(summary);
  yield `{"trace_id":"${trace_id}","project_id":${JSON.stringify(project_id)},"spans":[`;
  for (let from = 0; from < spans.length; from += spansPerChunk) {
    const texts = spans
      .slice(from, from + spansPerChunk)
      .map((span) => JSON.stringify(spanJson(span, withOlderNames(span))));
    yield (from === 0 ? '' : ',') + texts.join(',');
  }
  const cut = partial === null ? {} : { partial: partial.reason };
  yield `],${JSON.stringify({ span_count, ...rest, ...cut }).slice(1)}`;
}
