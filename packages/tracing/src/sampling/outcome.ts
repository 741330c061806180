import { SpanStatusCode } from '@opentelemetry/api';
import type { RecordingSpan } from '../tracer/span.ts';
import { RouteLatencies } from './route-latencies.ts';

/** Which traces to keep, once it is known how they went. */
export interface OutcomeSamplingOptions {
  /** Keep traces whose local root lasts at least this long. */
  readonly slowMs?: number;
  /** Keep traces slower than their own route's 99th percentile so far. */
  readonly slowerThanRouteP99?: boolean;
  /** The share of the rest that is kept, 0 to 1; 0.05. */
  readonly ratio?: number;
  /** Traces whose end is awaited at the same time; beyond, the oldest is decided as it stands; 10,000. */
  readonly maxOpenTraces?: number;
  /** Spans that wait for their trace's end, over all traces; 100,000. */
  readonly maxWaitingSpans?: number;
  /** For tests. */
  readonly random?: () => number;
}

export const OUTCOME_DEFAULTS: Required<OutcomeSamplingOptions> = Object.freeze({
  slowMs: Number.POSITIVE_INFINITY,
  slowerThanRouteP99: true,
  ratio: 0.05,
  maxOpenTraces: 10_000,
  maxWaitingSpans: 100_000,
  random: Math.random,
});

type Kept = 'error' | 'slow' | 'ratio' | null;

/** Spans of one local root until it ends. `decided` holds what became of them, for spans that end later. */
interface LocalTrace {
  spans: RecordingSpan[];
  failed: boolean;
}

/**
 * Sampling by outcome: spans wait in the process until their local root ends, then the errors, the slow ones
 * and a share of the rest are kept. Kept spans say why (`sampling.kept_for`) and for how many they stand
 * (`sampling.adjusted_count`): 1 for errors and slow traces, which are all kept, else 1 / ratio.
 */
export class OutcomeSampling {
  private readonly options: Required<OutcomeSamplingOptions>;
  private readonly keep: (span: RecordingSpan) => void;
  private readonly drop: (count: number) => void;
  private readonly open = new Map<RecordingSpan, LocalTrace>();
  private readonly decided = new WeakMap<RecordingSpan, Kept>();
  private readonly latencies = new RouteLatencies();
  private waiting = 0;

  constructor(
    options: OutcomeSamplingOptions,
    keep: (span: RecordingSpan) => void,
    drop: (count: number) => void,
  ) {
    this.options = { ...OUTCOME_DEFAULTS, ...options };
    this.keep = keep;
    this.drop = drop;
  }

  get waitingSpans(): number {
    return this.waiting;
  }

  add(span: RecordingSpan): void {
    const root = span.localRoot;
    const verdict = this.decided.get(root);
    if (verdict !== undefined) {
      this.settle(span, verdict);
      return;
    }
    const trace = this.traceOf(root);
    trace.failed ||= span.statusCode === SpanStatusCode.ERROR;
    if (span === root) {
      trace.spans.push(span);
      this.close(root, trace);
    } else if (this.waiting < this.options.maxWaitingSpans) {
      trace.spans.push(span);
      this.waiting++;
    } else this.drop(1);
  }

  /** Decides everything that still waits by ratio and errors: the process stops. */
  flush(): void {
    for (const [root, trace] of this.open) this.close(root, trace);
  }

  private traceOf(root: RecordingSpan): LocalTrace {
    const known = this.open.get(root);
    if (known !== undefined) return known;
    if (this.open.size >= this.options.maxOpenTraces) this.closeOldest();
    const made = { spans: [], failed: false };
    this.open.set(root, made);
    return made;
  }

  private closeOldest(): void {
    const [oldest] = this.open;
    if (oldest !== undefined) this.close(...oldest);
  }

  private close(root: RecordingSpan, trace: LocalTrace): void {
    this.open.delete(root);
    this.waiting -= trace.spans.filter((span) => span !== root).length;
    this.settleRoot(root, trace.spans, this.verdictOf(root, trace));
  }

  private verdictOf(root: RecordingSpan, trace: LocalTrace): Kept {
    const durationMs = root.durationMs();
    const slowForRoute =
      this.options.slowerThanRouteP99 && root.ended && this.latencies.isSlow(root.name, durationMs);
    if (trace.failed) return 'error';
    if (slowForRoute || durationMs >= this.options.slowMs) return 'slow';
    return this.byRatio();
  }

  private byRatio(): Kept {
    return this.options.random() < this.options.ratio ? 'ratio' : null;
  }

  private settleRoot(root: RecordingSpan, spans: readonly RecordingSpan[], verdict: Kept): void {
    this.decided.set(root, verdict);
    for (const span of spans) this.settle(span, verdict);
  }

  private settle(span: RecordingSpan, verdict: Kept): void {
    if (verdict === null) {
      this.drop(1);
      return;
    }
    span.append('sampling.kept_for', verdict);
    span.append('sampling.adjusted_count', verdict === 'ratio' ? 1 / this.options.ratio : 1);
    this.keep(span);
  }
}
