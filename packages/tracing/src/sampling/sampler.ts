import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';

/** Numbers of the specification's decisions (trace/sdk.md, "ShouldSample"). */
export const Decision = { drop: 0, recordOnly: 1, recordAndSample: 2 } as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

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

export const SAMPLE: SamplingResult = Object.freeze({ decision: Decision.recordAndSample });
export const DROP: SamplingResult = Object.freeze({ decision: Decision.drop });
