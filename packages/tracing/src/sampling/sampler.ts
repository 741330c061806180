import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';

/** Numbers of the specification's decisions (trace/sdk.md, "ShouldSample"). */
export const Decision = { drop: 0, recordOnly: 1, recordAndSample: 2 } as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

/** A sampler's answer; attributes are added to the span, a `traceState` replaces the parent's. */
export interface SamplingResult {
  readonly decision: Decision;
  readonly attributes?: Readonly<Attributes>;
  readonly traceState?: TraceState;
}

/** OpenTelemetry's `Sampler`: any sampler written for its SDK fits. `context` holds the parent. */
export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult;
  toString(): string;
}

/** A parent's flags where there is no parent, or one that leaves the decision open. */
export const NO_PARENT = -1;

/** A sampler that can often decide by the parent's flags alone, without a context to look into. */
export interface QuickSampler extends Sampler {
  /** Null where the whole question has to be asked. */
  quick(parentFlags: number, parentIsRemote: boolean): SamplingResult | null;
}

export function quickOf(sampler: Sampler): QuickSampler['quick'] {
  return 'quick' in sampler ? (sampler as QuickSampler).quick : () => null;
}

export const SAMPLE: SamplingResult = Object.freeze({ decision: Decision.recordAndSample });
export const DROP: SamplingResult = Object.freeze({ decision: Decision.drop });
