/** What Google cuts. Sizes are bytes of UTF-8. */
export interface CloudTraceLimits {
  readonly nameBytes: number;
  readonly attributes: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly annotations: number;
  readonly messageEvents: number;
  readonly annotationAttributes: number;
  readonly annotationBytes: number;
  readonly links: number;
  readonly linkAttributes: number;
  readonly stackFrames: number;
  readonly functionNameBytes: number;
  readonly fileNameBytes: number;
  readonly moduleBytes: number;
  readonly buildIdBytes: number;
  /** The v1 label `/stacktrace` alone may be this long. */
  readonly stackLabelBytes: number;
  /** Spans in one PatchTraces or BatchWriteSpans. */
  readonly spansPerRequest: number;
  /** How far from now a span's start may lie; null: anywhere. */
  readonly pastDays: number | null;
  readonly futureDays: number | null;
}

/** Which of the two sets of limits: see `CLOUD_TRACE_LIMITS`. */
export type LimitProfile = 'documented' | 'backend';

/**
 * `documented`: what cloud.google.com/trace/docs/quotas and the API's reference say. `backend`: what Google's
 * servers take by now (opentelemetry-operations-go pull request 1186, August 2026), which is what the OTLP
 * door takes as well.
 */
export const CLOUD_TRACE_LIMITS: Readonly<Record<LimitProfile, CloudTraceLimits>> = Object.freeze({
  documented: {
    nameBytes: 128,
    attributes: 32,
    keyBytes: 128,
    valueBytes: 256,
    annotations: 32,
    messageEvents: 128,
    annotationAttributes: 4,
    annotationBytes: 256,
    links: 128,
    linkAttributes: 32,
    stackFrames: 128,
    functionNameBytes: 1024,
    fileNameBytes: 256,
    moduleBytes: 256,
    buildIdBytes: 128,
    stackLabelBytes: 16 * 1024,
    spansPerRequest: 25_000,
    pastDays: 14,
    futureDays: 3,
  },
  backend: {
    nameBytes: 1024,
    attributes: 1024,
    keyBytes: 512,
    valueBytes: 64 * 1024,
    annotations: 256,
    messageEvents: 256,
    annotationAttributes: 1024,
    annotationBytes: 1024,
    links: 128,
    linkAttributes: 1024,
    stackFrames: 128,
    functionNameBytes: 1024,
    fileNameBytes: 256,
    moduleBytes: 256,
    buildIdBytes: 128,
    stackLabelBytes: 10 * 1024 * 1024,
    spansPerRequest: 25_000,
    pastDays: null,
    futureDays: null,
  },
});
