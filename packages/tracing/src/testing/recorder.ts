import type { TracingOptions } from '../config/options.ts';
import type { RecordingSpan } from '../tracer/span.ts';
import { TracingService } from '../tracing-service.ts';
import { printTree } from './print-tree.ts';
import { type RecordedSpan, recordedSpan } from './recorded-span.ts';

/** What a span must be to be found: a name, a pattern of names, or any condition. */
export type SpanMatch = string | RegExp | ((span: RecordedSpan) => boolean);

const DEFAULT_TIMEOUT_MS = 2000;

/** Ended spans, for tests to look into. Nothing leaves the process. */
export class SpanRecorder {
  private readonly ended: RecordedSpan[] = [];
  private readonly waiters = new Set<() => void>();

  /** All spans that have ended, in that order. */
  get all(): readonly RecordedSpan[] {
    return this.ended;
  }

  add(span: RecordingSpan): void {
    this.ended.push(recordedSpan(span));
    for (const check of this.waiters) check();
  }

  clear(): void {
    this.ended.length = 0;
  }

  find(match: SpanMatch): RecordedSpan | undefined {
    return this.ended.find(matcherOf(match));
  }

  findAll(match: SpanMatch): RecordedSpan[] {
    return this.ended.filter(matcherOf(match));
  }

  /** The first span that matches, as soon as there is one; fails with all spans printed when there is none. */
  async waitFor(match: SpanMatch, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}): Promise<RecordedSpan> {
    const found = this.find(match);
    if (found !== undefined) return found;
    const { promise, resolve, reject } = Promise.withResolvers<RecordedSpan>();
    const check = () => {
      try {
        const span = this.find(match);
        if (span !== undefined) resolve(span);
      } catch (error) {
        reject(error); // A condition of the test's own threw: not into the program whose span has ended.
      }
    };
    const timer = setTimeout(() => {
      reject(new Error(`no span ${String(match)} within ${timeoutMs} ms; these ended:\n${this.print()}`));
    }, timeoutMs);
    this.waiters.add(check);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.waiters.delete(check);
    }
  }

  /** The spans as trees, a line each: name, status, attributes. Without times or ids, so fit for snapshots. */
  print(): string {
    return printTree(this.ended);
  }
}

function matcherOf(match: SpanMatch): (span: RecordedSpan) => boolean {
  if (typeof match === 'function') return match;
  return ({ name }) => (typeof match === 'string' ? name === match : match.test(name));
}

/** A service whose spans a recorder gets, and nobody else: `const { tracing, spans } = recordSpans()`. */
export function recordSpans(options: TracingOptions = {}): { tracing: TracingService; spans: SpanRecorder } {
  const spans = new SpanRecorder();
  const tracing = new TracingService(
    { serviceName: 'test', flushOnExit: false, ...options, sink: spans },
    {},
  );
  return { tracing, spans };
}
