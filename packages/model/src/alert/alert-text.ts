import { formatDuration } from '../geometry/duration-text.ts';
import type { AlertRule } from './alert-rule.ts';

type Signal = Pick<AlertRule, 'signal' | 'percentile'>;

/** A value in the rule's unit, for people: `7.2 %`, `2.4 s`, `12 a minute`, `17 min`. */
export function alertValueText({ signal }: Pick<AlertRule, 'signal'>, value: number): string {
  switch (signal) {
    case 'error_rate':
      return `${short(value)} %`;
    case 'latency':
      return formatDuration(value * 1e6);
    case 'request_rate':
      return `${short(value)} a minute`;
    case 'missing_data':
      return `${short(value)} min`;
  }
}

/** What the value is: `error rate`, `p95 latency`. */
export function alertSignalText({ signal, percentile }: Signal): string {
  switch (signal) {
    case 'error_rate':
      return 'error rate';
    case 'latency':
      return `p${percentile} latency`;
    case 'request_rate':
      return 'request rate';
    case 'missing_data':
      return 'time without spans';
  }
}

/** The condition in a line: `error rate above 5 % over 5 min, for 2 min`. */
export function alertConditionText(rule: AlertRule): string {
  const threshold = alertValueText(rule, rule.threshold);
  const held = rule.forMinutes === 0 ? '' : `, for ${rule.forMinutes} min`;
  if (rule.signal === 'missing_data') return `no spans for ${threshold}${held}`;
  return `${alertSignalText(rule)} ${rule.comparison} ${threshold} over ${rule.windowMinutes} min${held}`;
}

const short = (value: number): string => String(Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)));
