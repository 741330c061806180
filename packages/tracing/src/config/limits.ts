import { DEFAULT_SPAN_LIMITS, type SpanLimits } from '../tracer/span-limits.ts';
import { TracingError } from '../tracing-error.ts';
import { count, type Environment } from './environment.ts';

/** The variables of each limit, the span's own before the general one. */
const VARIABLES: Readonly<Record<keyof SpanLimits, readonly string[]>> = {
  attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
  linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
  attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'],
  attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
};

export function limitsOf(given: Partial<SpanLimits>, env: Environment): SpanLimits {
  const limits: { -readonly [K in keyof SpanLimits]: number } = { ...DEFAULT_SPAN_LIMITS };
  for (const name of Object.keys(VARIABLES) as (keyof SpanLimits)[]) {
    const fromEnv = VARIABLES[name]
      .map((variable) => count(env, variable))
      .find((value) => value !== undefined);
    const value = given[name] ?? fromEnv ?? DEFAULT_SPAN_LIMITS[name];
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new TracingError('BAD_OPTION', `limits.${name} must be 0 or more, got ${JSON.stringify(value)}`);
    }
    // The specification has no length limit of 0; OpenTelemetry's SDK takes it as none.
    limits[name] = name === 'attributeValueLengthLimit' && value === 0 ? Number.POSITIVE_INFINITY : value;
  }
  return Object.freeze(limits);
}
