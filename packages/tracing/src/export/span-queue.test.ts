import { describe, expect, it } from 'vitest';
import type { BatchEncoder } from '../encode/batch-encoder.ts';
import type { RecordingSpan } from '../tracer/span.ts';
import { SpanQueue } from './span-queue.ts';

describe('SpanQueue', () => {
  it('sends each span once, when whoever is told of a failure ends spans of its own', () => {
    const spans = Array.from({ length: 164 }, () => ({ traceFlags: 1 }) as RecordingSpan);
    const seen: RecordingSpan[] = [];
    const encoder = {
      encode(given: readonly RecordingSpan[]) {
        for (const span of given) {
          if (seen.push(span) === 1) for (const another of spans.slice(64)) queue.add(another);
        }
      },
      closeBatch() {},
    } as unknown as BatchEncoder;
    const queue = new SpanQueue(encoder, { flushIntervalMs: 60_000 });
    for (const span of spans.slice(0, 64)) queue.add(span);
    queue.flush();
    queue.close();
    expect(seen).toHaveLength(164);
    expect(new Set(seen)).toEqual(new Set(spans));
  });
});
