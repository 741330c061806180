import { type AlertRule, alertSignalText, alertValueText } from '@utxoiq/model/alert';
import type { AlertStateName } from '../api/alerts.ts';
import { formatCount } from '../time/format.ts';

export const stateWords: Readonly<Record<AlertStateName, string>> = {
  firing: 'Firing',
  pending: 'Pending',
  no_data: 'Too few spans',
  ok: 'OK',
};

export const endWords: Readonly<Record<string, string>> = {
  recovered: 'recovered',
  no_data: 'no data',
  unwatched: 'not watched any more',
  rule_changed: 'rule changed',
  rule_disabled: 'rule disabled',
  rule_deleted: 'rule deleted',
};

/** What an alert is on: a service, or everything. */
export const subjectText = (service: string | null): string =>
  service === null ? 'all spans' : service === '' ? '(no service)' : service;

/** `4 min`, `3 h 20 m`, in whole minutes. */
export function lengthText(fromMs: number, toMs: number): string {
  const minutes = Math.max(0, Math.floor((toMs - fromMs) / 60_000));
  if (minutes < 1) return 'under 1 min';
  if (minutes < 60) return `${minutes} min`;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`;
}

/** `for 4 min`, `just now`. */
export function sinceText(iso: string, nowMs: number): string {
  const sinceMs = Date.parse(iso);
  return nowMs - sinceMs < 60_000 ? 'just now' : `for ${lengthText(sinceMs, nowMs)}`;
}

/** How much of a silence is left. */
export const remainingText = (untilIso: string, nowMs: number): string =>
  `${lengthText(nowMs, Date.parse(untilIso))} left`;

/** Why a rule kept quiet although its value was over the threshold, or was not watched at all; null: it did not. */
export function quietText(
  rule: AlertRule,
  course: { readonly withheld_minutes: number; readonly values: readonly (number | null)[] },
): string | null {
  const tooFew = `fewer than ${formatCount(rule.minCount)} spans`;
  const minutes = course.withheld_minutes;
  if (minutes > 0) {
    const value = `${alertSignalText(rule)} ${rule.comparison} ${alertValueText(rule, rule.threshold)}`;
    const article = /^[aeiou]/.test(value) ? 'an' : 'a';
    const count = minutes === 1 ? '1 minute' : `${formatCount(minutes)} minutes`;
    return `${count} had ${article} ${value} but ${tooFew} in the ${rule.windowMinutes} min before: too few to fire.`;
  }
  const needsHistory = rule.signal === 'request_rate' || rule.signal === 'missing_data';
  const isUnwatched = course.values.every((value) => value === null);
  return needsHistory && isUnwatched ? `Not watched: it had ${tooFew} in 24 hours.` : null;
}
