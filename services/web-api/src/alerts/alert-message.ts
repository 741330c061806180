import { alertConditionText, alertSignalText, alertValueText } from '@utxoiq/model/alert';
import type { KeptAlert } from './alert-book.ts';
import { exploreLink } from './alert-link.ts';
import type { AlertTarget } from './alerts-config.ts';

/** Alerts that one message names. */
const MAX_NEWS = 50;
/** Slack cuts a text at 40,000 characters, Mattermost refuses one of 16,384. */
const MAX_SLACK_TEXT = 15_000;
/** Most that take webhooks take half a megabyte. */
const MAX_WEBHOOK_BYTES = 250_000;
const MAX_NAME = 200;
const MAX_LINK = 2000;

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
  const name = oneLine(rule.name);
  const who = service === null ? name : `${name}: ${service === '' ? '(no service)' : oneLine(service)}`;
  const seen = value === null ? '' : `${alertSignalText(rule)} ${alertValueText(rule, value)} `;
  if (event === 'resolved') return `${who}: ${endText(alert)}`;
  return `${who}: ${seen}(${alertConditionText(rule)})`;
}

/** Names come from whoever sends spans: they are to be no lines of their own, and not the whole message. */
function oneLine(name: string): string {
  const line = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}...` : line;
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
    alerts: news.map((one) => webhookAlert(one, baseUrl)),
    omitted,
  };
}

const webhookAlert = (news: AlertNews, baseUrl: string) => ({
  event: news.event,
  ...alertFields(news.alert),
  text: alertLine(news),
  url: linkOf(news, baseUrl),
});

/** To the alert's traces; to all alerts where their query is too long for an address. */
function linkOf({ alert }: AlertNews, baseUrl: string): string {
  const path = exploreLink({ ...alert, atMs: alert.state.observedMs });
  return baseUrl + (path.length > MAX_LINK ? '/alerts' : path);
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
  const lines = news.map((one) => slackLine(one, baseUrl));
  const more = omitted === 0 ? [] : [`and ${omitted} more: <${baseUrl}/alerts|all alerts>`];
  const head = isTest ? ['This is a test: alerts of utxoIQ Tracing arrive here.'] : [];
  return { text: [...head, ...lines, ...more].join('\n') };
}

const slackLine = (news: AlertNews, baseUrl: string): string =>
  `${marks[news.event]} ${slackText(alertLine(news))} <${linkOf(news, baseUrl)}|traces>`;

/** As much of the news as one message may hold, and at least the first: a receiver that refuses one never gets another. */
export function firstThatFit(
  target: AlertTarget['name'],
  news: readonly AlertNews[],
  baseUrl: string,
): readonly AlertNews[] {
  const isSlack = target === 'slack';
  let left = isSlack ? MAX_SLACK_TEXT : MAX_WEBHOOK_BYTES;
  const count = news.slice(0, MAX_NEWS).findIndex((one) => {
    const text = isSlack ? slackLine(one, baseUrl) : JSON.stringify(webhookAlert(one, baseUrl));
    left -= Buffer.byteLength(text) + 1;
    return left < 0;
  });
  return news.slice(0, count === -1 ? MAX_NEWS : Math.max(1, count));
}

/** Slack's three control characters. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
