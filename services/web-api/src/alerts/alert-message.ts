import { alertConditionText, alertSignalText, alertValueText } from '@utxoiq/model/alert';
import type { KeptAlert } from './alert-book.ts';
import { exploreLink } from './alert-link.ts';

/** `firing` for the first time, `repeated` while it goes on, `resolved` at its end. */
export type AlertEvent = 'firing' | 'repeated' | 'resolved';

export interface AlertNews {
  readonly event: AlertEvent;
  readonly alert: KeptAlert;
}

export interface AlertMessage {
  readonly id: string;
  readonly sentMs: number;
  /** Of the viewer, without a slash at its end. */
  readonly baseUrl: string;
  readonly isTest: boolean;
  readonly news: readonly AlertNews[];
  /** News that there was no room for. */
  readonly omitted: number;
}

/** One line: `High error rate: web-api: error rate 7.2 % (above 5 % over 5 min)`. */
export function alertLine({ event, alert }: AlertNews): string {
  const { rule, service, value } = alert;
  const who = service === null ? rule.name : `${rule.name}: ${service === '' ? '(no service)' : service}`;
  const seen = value === null ? '' : `${alertSignalText(rule)} ${alertValueText(rule, value)} `;
  if (event === 'resolved') return `${who}: ${endText(alert)}`;
  return `${who}: ${seen}(${alertConditionText(rule)})`;
}

function endText({ rule, value, end }: KeptAlert): string {
  switch (end) {
    case 'no_data':
      return 'ended without data: too few spans to say';
    case 'unwatched':
      return 'ended: the service is not watched any more';
    case 'rule_changed':
    case 'rule_disabled':
    case 'rule_deleted':
      return `ended: the rule was ${end.slice('rule_'.length)}`;
    default:
      return value === null
        ? 'recovered'
        : `recovered, ${alertSignalText(rule)} ${alertValueText(rule, value)}`;
  }
}

/** The body of a webhook; docs/alerts.md has it whole. */
export function webhookBody(message: AlertMessage): object {
  const { id, sentMs, baseUrl, isTest, news, omitted } = message;
  return {
    version: 1,
    id,
    sent_at: new Date(sentMs).toISOString(),
    source: baseUrl,
    test: isTest,
    alerts: news.map((one) => ({
      event: one.event,
      ...alertFields(one.alert),
      text: alertLine(one),
      url: baseUrl + exploreLink({ ...one.alert, atMs: one.alert.state.observedMs }),
    })),
    omitted,
  };
}

/** What identifies and explains an alert, in messages and in log lines. */
export function alertFields({ id, ruleId, rule, service, state, value, peak, end }: KeptAlert) {
  return {
    id,
    rule_id: ruleId,
    rule: rule.name,
    description: rule.description,
    severity: rule.severity,
    signal: rule.signal,
    service,
    status: state.status,
    since: new Date(state.sinceMs).toISOString(),
    value,
    peak,
    threshold: rule.threshold,
    condition: alertConditionText(rule),
    end,
  };
}

const marks: Readonly<Record<AlertEvent, string>> = {
  firing: ':rotating_light:',
  repeated: ':repeat: still firing:',
  resolved: ':white_check_mark:',
};

/** Slack's incoming webhooks and what is compatible with them (Mattermost, Rocket.Chat): `text` in mrkdwn. */
export function slackBody({ baseUrl, isTest, news, omitted }: AlertMessage): object {
  const lines = news.map((one) => {
    const url = baseUrl + exploreLink({ ...one.alert, atMs: one.alert.state.observedMs });
    return `${marks[one.event]} ${slackText(alertLine(one))} <${url}|traces>`;
  });
  const more = omitted === 0 ? [] : [`and ${omitted} more: <${baseUrl}/alerts|all alerts>`];
  const head = isTest ? ['This is a test: alerts of utxoIQ Tracing arrive here.'] : [];
  return { text: [...head, ...lines, ...more].join('\n') };
}

/** Slack's three control characters. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
