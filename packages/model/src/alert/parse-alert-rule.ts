import { parseQuery } from '../filter/query.ts';
import {
  ALERT_RULE_FIELDS,
  ALERT_THRESHOLD_RANGES,
  type AlertRule,
  type AlertRuleField,
  alertFieldJsonName,
} from './alert-rule.ts';

/** The first field that cannot be used. */
export interface AlertRuleError {
  /** In JSON's spelling. */
  readonly field: string;
  readonly expected: string;
  readonly came: unknown;
}
/** A whole rule, or what is wrong with it. */
export type AlertRuleResult =
  | { readonly ok: true; readonly rule: AlertRule }
  | { readonly ok: false; readonly error: AlertRuleError };

/** A rule from JSON; what is left out has its default, what is wrong is named with what is expected. */
export function parseAlertRule(input: unknown): AlertRuleResult {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refused('rule', 'an object', input);
  const given = input as Readonly<Record<string, unknown>>;
  const parsed: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [field, spec] of Object.entries<AlertRuleField>(ALERT_RULE_FIELDS)) {
    const name = alertFieldJsonName(field);
    known.add(name);
    const result = parseField(spec, given[name]);
    if ('expected' in result) return refused(name, result.expected, given[name]);
    parsed[field] = result.value;
  }
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) return refused(unknown, `one of ${[...known].join(', ')}`, unknown);
  return checked(parsed as unknown as AlertRule);
}

type FieldResult = { readonly value: unknown } | { readonly expected: string };

function parseField(spec: AlertRuleField, came: unknown): FieldResult {
  if (came === undefined || came === null) return fallbackOf(spec);
  switch (spec.type) {
    case 'text':
      return parseText(came, { min: spec.min ?? 0, max: spec.max });
    case 'optional-text':
      return came === '' ? { value: null } : parseText(came, { min: 1, max: spec.max });
    case 'choice':
      return spec.choices.includes(came as string)
        ? { value: came }
        : { expected: `one of ${spec.choices.join(', ')}` };
    case 'flag':
      return typeof came === 'boolean' ? { value: came } : { expected: 'true or false' };
    case 'number':
      return parseNumber(spec, came);
    case 'texts':
      return parseTexts(spec.max, came);
  }
}

function fallbackOf(spec: AlertRuleField): FieldResult {
  if (spec.type === 'optional-text' || spec.type === 'texts') return { value: null };
  return spec.fallback === undefined ? { expected: 'a value (it is required)' } : { value: spec.fallback };
}

function parseText(came: unknown, { min, max }: { min: number; max: number }): FieldResult {
  const text = typeof came === 'string' ? came.trim() : null;
  if (text !== null && text.length >= min && text.length <= max) return { value: text };
  return {
    expected: min === 0 ? `a text of at most ${max} characters` : `a text of ${min} to ${max} characters`,
  };
}

function parseNumber(
  { isInteger, min, max }: { isInteger: boolean; min: number; max: number },
  came: unknown,
): FieldResult {
  const fits = typeof came === 'number' && came >= min && came <= max;
  if (fits && (!isInteger || Number.isInteger(came))) return { value: came };
  return { expected: `${isInteger ? 'a whole number' : 'a number'} from ${min} to ${max}` };
}

function parseTexts(max: number, came: unknown): FieldResult {
  const isList = Array.isArray(came) && came.length > 0 && came.length <= max;
  if (isList && came.every((one) => typeof one === 'string' && one !== '' && one.length <= 255))
    return { value: came };
  return { expected: `a list of 1 to ${max} names, or null for all` };
}

/** What one field says about another. */
function checked(rule: AlertRule): AlertRuleResult {
  const { signal, threshold, comparison, recoveryThreshold: recovery } = rule;
  const [min, max] = ALERT_THRESHOLD_RANGES[signal];
  if (threshold < min || threshold > max)
    return refused('threshold', `a number from ${min} to ${max} for ${signal}`, threshold);
  if (comparison === 'below' && signal !== 'request_rate')
    return refused('comparison', `above for ${signal}`, comparison);
  if (recovery !== null && (comparison === 'above' ? recovery > threshold : recovery < threshold)) {
    const side = comparison === 'above' ? 'at most' : 'at least';
    return refused('recovery_threshold', `${side} the threshold (${threshold})`, recovery);
  }
  if (rule.operation !== null && rule.service === null)
    return refused('service', 'the service whose operation is watched', rule.service);
  const filter = rule.filterStr === '' ? null : parseQuery(rule.filterStr);
  if (filter !== null && !filter.ok) {
    const { message, position } = filter.error;
    return refused(
      'filter_str',
      `a filter of the query language: ${message} at position ${position}`,
      rule.filterStr,
    );
  }
  return { ok: true, rule };
}

const refused = (field: string, expected: string, came: unknown): AlertRuleResult => ({
  ok: false,
  error: { field, expected, came },
});
