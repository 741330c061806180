/** Limits of one destination; sizes in bytes of UTF-8. */
export interface SpanLintLimits {
  readonly attributes: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly nameBytes: number;
  readonly events: number;
  readonly eventNameBytes: number;
  readonly links: number;
}

/**
 * What Google documents: `cloud-trace` for the Cloud Trace API (docs.cloud.google.com/trace/docs/quotas; what is
 * beyond is cut silently), `otlp` for the Telemetry API.
 */
export const LINT_PROFILES = Object.freeze({
  'cloud-trace': {
    attributes: 32,
    keyBytes: 128,
    valueBytes: 256,
    nameBytes: 128,
    events: 128,
    eventNameBytes: 256,
    links: 128,
  },
  otlp: {
    attributes: 1024,
    keyBytes: 512,
    valueBytes: 64 * 1024,
    nameBytes: 1024,
    events: 256,
    eventNameBytes: 1024,
    links: 128,
  },
}) satisfies Readonly<Record<string, SpanLintLimits>>;

/** Whose limits: `cloud-trace` or `otlp`. */
export type LintProfile = keyof typeof LINT_PROFILES;
