/** What a rule looks at. */
export type AlertSignal = 'error_rate' | 'latency' | 'request_rate' | 'missing_data';
/** How urgent a rule is to whom it tells. */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/** When somebody wants to be told. In JSON (API, file) the names are in snake_case. */
export interface AlertRule {
  readonly name: string;
  /** For whom it wakes: what it means, what to do, a link to the runbook. */
  readonly description: string;
  readonly severity: AlertSeverity;
  readonly enabled: boolean;
  readonly signal: AlertSignal;
  /** Of `latency`: which percentile. */
  readonly percentile: number;
  /** Only `request_rate` can be too low. */
  readonly comparison: 'above' | 'below';
  /**
   * `error_rate`: percent. `latency`: milliseconds. `request_rate`: spans per minute. `missing_data`: minutes without
   * spans.
   */
  readonly threshold: number;
  /** A firing alert resolves on this side of it; null: of the threshold. */
  readonly recoveryThreshold: number | null;
  /** The minutes that a value is made of. */
  readonly windowMinutes: number;
  /** How long a value must be over the threshold before the alert fires; 0: at once. */
  readonly forMinutes: number;
  /**
   * `error_rate` and `latency`: spans that a window must have, so that one of two requests wakes nobody. The others,
   * watching each service: spans of the last 24 hours from which on a service is expected to send.
   */
  readonly minCount: number;
  /** Null: every service. */
  readonly service: string | null;
  readonly operation: string | null;
  /** `service`: an alert per service; `none`: one over all spans. */
  readonly groupBy: 'service' | 'none';
  /** `requests`: spans of kind server and consumer. `roots`: spans without parent. */
  readonly spans: 'requests' | 'roots' | 'all';
  /** In the query language; empty: no filter. */
  readonly filterStr: string;
  /** Null: all. */
  readonly projects: readonly string[] | null;
  /** Minutes between two notifications of what keeps firing; 0: only one. */
  readonly repeatMinutes: number;
}

type Field =
  | { readonly type: 'text'; readonly min?: number; readonly max: number; readonly fallback?: string }
  | { readonly type: 'optional-text'; readonly max: number }
  | { readonly type: 'choice'; readonly choices: readonly (string | number)[]; readonly fallback?: unknown }
  | {
      readonly type: 'number';
      readonly isInteger: boolean;
      readonly min: number;
      readonly max: number;
      readonly fallback?: number | null;
    }
  | { readonly type: 'flag'; readonly fallback: boolean }
  | { readonly type: 'texts'; readonly max: number };

const minutes = (min: number, max: number, fallback: number) =>
  ({ type: 'number', isInteger: true, min, max, fallback }) as const;

/** Of each field its type, limits and default; what has no `fallback` must be given. */
export const ALERT_RULE_FIELDS = {
  name: { type: 'text', min: 1, max: 100 },
  description: { type: 'text', max: 2000, fallback: '' },
  severity: { type: 'choice', choices: ['critical', 'warning', 'info'], fallback: 'warning' },
  enabled: { type: 'flag', fallback: true },
  signal: { type: 'choice', choices: ['error_rate', 'latency', 'request_rate', 'missing_data'] },
  percentile: { type: 'choice', choices: [50, 90, 95, 99], fallback: 95 },
  comparison: { type: 'choice', choices: ['above', 'below'], fallback: 'above' },
  threshold: { type: 'number', isInteger: false, min: 0, max: 1e9 },
  recoveryThreshold: { type: 'number', isInteger: false, min: 0, max: 1e9, fallback: null },
  windowMinutes: minutes(1, 60, 5),
  forMinutes: minutes(0, 1440, 0),
  minCount: minutes(1, 1e9, 20),
  service: { type: 'optional-text', max: 255 },
  operation: { type: 'optional-text', max: 1000 },
  groupBy: { type: 'choice', choices: ['service', 'none'], fallback: 'service' },
  spans: { type: 'choice', choices: ['requests', 'roots', 'all'], fallback: 'requests' },
  filterStr: { type: 'text', max: 2000, fallback: '' },
  projects: { type: 'texts', max: 100 },
  repeatMinutes: minutes(0, 10_080, 240),
} as const satisfies { readonly [field in keyof AlertRule]: Field };

/** A field of a rule: which values it takes, and its default. */
export type AlertRuleField = Field;

/** How far back a service counts as one that sends. */
export const ALERT_LOOKBACK_MINUTES = 1440;

/** Largest threshold where the signal itself sets one. */
export const ALERT_THRESHOLD_RANGES = {
  error_rate: [0, 100],
  latency: [0, 86_400_000],
  request_rate: [0, 1e9],
  missing_data: [2, 720],
} as const satisfies { readonly [signal in AlertSignal]: readonly [min: number, max: number] };

/** `windowMinutes` as JSON has it: `window_minutes`. */
export const alertFieldJsonName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A rule as the API and the file have it. */
export function alertRuleToJson(rule: AlertRule): Readonly<Record<string, unknown>> {
  const fields = Object.keys(ALERT_RULE_FIELDS) as (keyof AlertRule)[];
  return Object.fromEntries(fields.map((field) => [alertFieldJsonName(field), rule[field]]));
}
