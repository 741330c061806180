import { LINT_PROFILES, type LintProfile, type SpanLintLimits } from './limits.ts';

type Attributes = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;

/** Any span: a recorded one of `@utxoiq/tracing/testing`, or one decoded from OTLP. */
export interface LintableSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly events?: readonly { readonly name: string; readonly attributes?: Attributes }[];
  readonly links?: readonly unknown[];
}

/** One limit that a span is beyond. */
export interface SpanLintProblem {
  readonly limit: keyof SpanLintLimits;
  readonly actual: number;
  readonly allowed: number;
  /** The attribute or event it is about; empty for the span as a whole. */
  readonly key: string;
  readonly message: string;
}

const WHAT: Readonly<Record<keyof SpanLintLimits, string>> = {
  attributes: 'attributes',
  keyBytes: 'bytes of key',
  valueBytes: 'bytes of value',
  nameBytes: 'bytes of name',
  events: 'events',
  eventNameBytes: 'bytes of event name',
  links: 'links',
};

/**
 * What the destination would cut or drop of a span, without a word. `cloud-trace`: the documented limits of the
 * Cloud Trace API; `otlp`: those of Google's Telemetry API.
 */
export function lintSpan(span: LintableSpan, profile: LintProfile = 'cloud-trace'): SpanLintProblem[] {
  const limits: SpanLintLimits = LINT_PROFILES[profile];
  const { events = [], links = [] } = span;
  const problems: SpanLintProblem[] = [];
  const check = (limit: keyof SpanLintLimits, actual: number, key = '') => {
    const allowed = limits[limit];
    if (actual <= allowed) return;
    const about = key === '' ? '' : `${key.slice(0, 80)}: `;
    problems.push({
      limit,
      actual,
      allowed,
      key,
      message: `${about}${actual} ${WHAT[limit]}, ${allowed} are kept`,
    });
  };
  const checkAttributes = (attributes: Attributes, owner: string) => {
    const entries = entriesOf(attributes);
    check('attributes', entries.length, owner);
    for (const [key, value] of entries) {
      check('keyBytes', Buffer.byteLength(key), owner + key);
      check('valueBytes', textBytes(value), owner + key);
    }
  };
  check('nameBytes', Buffer.byteLength(span.name));
  checkAttributes(span.attributes, '');
  check('events', events.length);
  for (const { name, attributes = {} } of events) {
    check('eventNameBytes', Buffer.byteLength(name), name);
    checkAttributes(attributes, `${name} `);
  }
  check('links', links.length);
  return problems;
}

function entriesOf(attributes: Attributes): [string, unknown][] {
  return attributes instanceof Map
    ? [...(attributes as ReadonlyMap<string, unknown>)]
    : Object.entries(attributes);
}

/** Texts have a length; of lists and maps it is that of all texts in them. */
function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return sum([...value.values()]);
  if (typeof value === 'object' && value !== null) return sum(Object.values(value));
  return 0;
}

const sum = (values: readonly unknown[]): number =>
  values.reduce((total: number, value) => total + textBytes(value), 0);
