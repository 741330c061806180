import {
  ALERT_RULE_FIELDS,
  type AlertRule,
  type AlertRuleError,
  type AlertSignal,
  alertFieldJsonName,
  parseAlertRule,
} from '@utxoiq/model/alert';
import type { RuleFields } from '../api/alerts.ts';

/** What the form holds: texts as they are typed, also of numbers. Names as in JSON. */
export type FormState = Readonly<Record<string, string | boolean | readonly string[] | null>>;

/** Where one begins for each signal. */
const startOf: Readonly<
  Record<AlertSignal, { readonly threshold: string; readonly spans: string; readonly min_count: string }>
> = {
  error_rate: { threshold: '5', spans: 'requests', min_count: '20' },
  latency: { threshold: '1000', spans: 'requests', min_count: '20' },
  request_rate: { threshold: '1000', spans: 'requests', min_count: '1000' },
  missing_data: { threshold: '15', spans: 'all', min_count: '1000' },
};

const fields = Object.entries(ALERT_RULE_FIELDS).map(
  ([field, spec]) => [alertFieldJsonName(field), spec] as const,
);

export function formOf(rule: RuleFields): FormState {
  return Object.fromEntries(
    fields.map(([name, { type }]) => {
      const value = rule[name];
      if (type === 'flag') return [name, value === true];
      if (type === 'texts') return [name, Array.isArray(value) ? (value as readonly string[]) : null];
      return [name, value === null || value === undefined ? '' : String(value)];
    }),
  );
}

export function newForm(): FormState {
  const defaults = fields.map(([name, spec]) => [name, 'fallback' in spec ? spec.fallback : undefined]);
  return withSignal(formOf(Object.fromEntries(defaults)), 'error_rate');
}

/** Another signal has another unit: what belongs to the old one begins anew. */
export function withSignal(form: FormState, signal: AlertSignal): FormState {
  return { ...form, signal, ...startOf[signal], recovery_threshold: '', comparison: 'above' };
}

/** The rule as JSON; what cannot be a number stays text, so that the parser says so. */
export function bodyOf(form: FormState): RuleFields {
  return Object.fromEntries(
    fields.map(([name, { type }]) => {
      const value = form[name];
      const isNumber = type === 'number' || name === 'percentile';
      if (!isNumber || typeof value !== 'string') return [name, value];
      if (value.trim() === '') return [name, null];
      const number = Number(value.replace(',', '.'));
      return [name, Number.isNaN(number) ? value : number];
    }),
  );
}

export type FormResult =
  | { readonly ok: true; readonly rule: AlertRule; readonly body: RuleFields }
  | { readonly ok: false; readonly error: AlertRuleError };

export function readForm(form: FormState): FormResult {
  const body = bodyOf(form);
  const result = parseAlertRule(body);
  return result.ok ? { ...result, body } : result;
}

/** To try a rule it needs no name yet. */
export function previewBody(form: FormState): RuleFields | null {
  const named = { ...form, name: 'preview', description: '' };
  const result = readForm(named);
  return result.ok ? result.body : null;
}
