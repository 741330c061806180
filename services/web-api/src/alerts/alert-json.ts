import {
  ALERT_RULE_FIELDS,
  alertConditionText,
  alertFieldJsonName,
  alertRuleToJson,
  alertValueText,
} from '@utxoiq/model/alert';
import type { AlertRecord, KeptAlert, KeptRule } from './alert-book.ts';
import type { AlertKeeper } from './alert-keeper.ts';
import { exploreLink } from './alert-link.ts';
import type { AlertPreview } from './alert-preview.ts';

const timeOf = (ms: number): string => new Date(ms).toISOString();
const maybeTime = (ms: number | null): string | null => (ms === null ? null : timeOf(ms));

const ruleFieldNames = new Set(Object.keys(ALERT_RULE_FIELDS).map(alertFieldJsonName));
const readOnlyNames = new Set([
  'id',
  'condition',
  'created_at',
  'updated_at',
  'silenced_until',
  'evaluation',
  'truncated',
]);

/** A rule as it was read may be sent back: what is not the caller's to set is left out. */
export function writablePart(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => ruleFieldNames.has(name) || !readOnlyNames.has(name)),
  );
}

export function ruleJson(keeper: AlertKeeper, kept: KeptRule) {
  const failure = keeper.failureOf(kept.id);
  return {
    id: kept.id,
    ...alertRuleToJson(kept.rule),
    condition: alertConditionText(kept.rule),
    created_at: timeOf(kept.createdMs),
    updated_at: timeOf(kept.updatedMs),
    silenced_until: keeper.isSilenced(kept) ? maybeTime(kept.silencedUntilMs) : null,
    evaluation: {
      status: !kept.rule.enabled ? 'disabled' : failure === null ? 'ok' : 'failed',
      message: failure?.message ?? null,
      since: maybeTime(failure?.sinceMs ?? null),
    },
    truncated: keeper.isCut(kept.id),
  };
}

export function alertJson(keeper: AlertKeeper, alert: KeptAlert) {
  const { id, ruleId, rule, service, state, value, count, peak } = alert;
  const kept = keeper.rule(ruleId);
  return {
    id,
    rule_id: ruleId,
    rule: rule.name,
    severity: rule.severity,
    signal: rule.signal,
    service,
    state: state.status,
    since: timeOf(state.sinceMs),
    evaluated_at: timeOf(state.observedMs),
    value,
    value_text: value === null ? null : alertValueText(rule, value),
    count,
    peak,
    threshold: rule.threshold,
    threshold_text: alertValueText(rule, rule.threshold),
    comparison: rule.comparison,
    condition: alertConditionText(rule),
    values: keeper.valuesOf(id).map(rounded),
    link: exploreLink({ rule, service, atMs: state.observedMs, value }),
    silenced_until: kept !== undefined && keeper.isSilenced(kept) ? maybeTime(kept.silencedUntilMs) : null,
    failure: keeper.failureOf(ruleId)?.message ?? null,
  };
}

export function recordJson(record: AlertRecord) {
  const { id, ruleId, rule, service, firedMs, endedMs, end, value, peak } = record;
  return {
    id,
    rule_id: ruleId,
    rule: rule.name,
    severity: rule.severity,
    service,
    fired_at: timeOf(firedMs),
    resolved_at: maybeTime(endedMs),
    end,
    value_text: value === null ? null : alertValueText(rule, value),
    peak_text: peak === null ? null : alertValueText(rule, peak),
    condition: alertConditionText(rule),
    link: exploreLink({ rule, service, atMs: endedMs ?? firedMs, value: peak }),
  };
}

export const previewJson = ({ startMs, endMs, fired, services, isCut, shown }: AlertPreview) => ({
  start_time: timeOf(startMs),
  end_time: timeOf(endMs),
  step_ms: 60_000,
  fired,
  services,
  truncated: isCut,
  shown: shown.map(({ service, episodes, values, withheldMinutes }) => ({
    service,
    fired: episodes.length,
    episodes: episodes.map((one) => ({ start_time: timeOf(one.startMs), end_time: maybeTime(one.endMs) })),
    values: values.map(rounded),
    withheld_minutes: withheldMinutes,
  })),
});

/** A day of minutes in a third of the bytes. */
const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(5));
