import { readFileSync } from 'node:fs';
import { type AlertRule, parseAlertRule } from '@utxoiq/model/alert';
import { describe, expect, it } from 'vitest';
import type { AlertKeeper } from '../src/alerts/alert-keeper.ts';
import { readRetryAfter } from '../src/alerts/webhook.ts';
import { keeperForThisTest } from './alert-platform.ts';
import { T0 } from './fake-minutes.ts';
import { receiverForThisTest } from './webhook-receiver.ts';

const secret = 'a secret of at least 32 characters';
const pausesMs = [1, 1];

function ruleOf(changes: object = {}): AlertRule {
  const parsed = parseAlertRule({
    name: 'Errors',
    signal: 'error_rate',
    threshold: 5,
    window_minutes: 1,
    ...changes,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.rule;
}

async function onlyRule(keeper: AlertKeeper, rule: AlertRule) {
  for (const { id } of keeper.rules) await keeper.removeRule(id);
  return keeper.addRule(rule);
}

/** The receiver's part of the page, as its readers will paste it. */
async function documentedCheck(): Promise<
  (secret: string, header: string, body: string, now?: number) => boolean
> {
  const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]*?isFromUs[\s\S]*?)```/.exec(page)?.[1] ?? '';
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.isFromUs;
}

describe('a webhook', () => {
  it('is tried again until it takes the message, which it can check as the page says', async () => {
    const { received, url } = await receiverForThisTest(503, 500);
    const { keeper, store, evaluateAt } = await keeperForThisTest({
      config: { targets: [{ name: 'webhook', url, secret }] },
      pausesMs,
    });
    await onlyRule(keeper, ruleOf());
    for (const service of ['api', 'web']) store.set(service, T0, 100, 50);
    await evaluateAt(T0 + 1);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ text }) => text)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['x-utxoiq-delivery'])).size).toBe(1);
    expect(keeper.stats()).toMatchObject({ notificationsSent: 1, notificationsFailed: 0 });

    const [message] = received;
    expect(message?.body).toMatchObject({
      version: 1,
      test: false,
      source: 'https://traces.example',
      omitted: 0,
      alerts: [
        {
          event: 'firing',
          rule: 'Errors',
          service: 'api',
          value: 50,
          threshold: 5,
          text: 'Errors: api: error rate 50 % (error rate above 5 % over 1 min)',
          url: expect.stringMatching(/^https:\/\/traces\.example\/\?from=.*q=span/),
        },
        { service: 'web' },
      ],
    });
    const isFromUs = await documentedCheck();
    const header = String(message?.headers['x-utxoiq-signature']);
    const text = message?.text ?? '';
    expect(isFromUs(secret, header, text)).toBe(true);
    expect(isFromUs(secret, header, `${text} `)).toBe(false);
    expect(isFromUs('another secret', header, text)).toBe(false);
    expect(isFromUs(secret, 'nonsense', text)).toBe(false);
    expect(isFromUs(secret, header, text, Date.now() / 1000 + 600)).toBe(false);
  });

  it('hears of the end once, of what goes on again after a while, and of nothing while silenced', async () => {
    const { received, url } = await receiverForThisTest();
    const { keeper, store, evaluateAt } = await keeperForThisTest({
      config: { targets: [{ name: 'webhook', url }] },
    });
    const kept = await onlyRule(keeper, ruleOf({ repeat_minutes: 3 }));
    for (let minute = T0; minute < T0 + 20; minute++)
      store.set('api', minute, 100, minute < T0 + 10 ? 50 : 0);
    const events = () => received.flatMap(({ body }) => body.alerts?.map(({ event }) => event) ?? []);
    for (let minute = 1; minute <= 4; minute++) await evaluateAt(T0 + minute);
    expect(events()).toEqual(['firing', 'repeated']);
    const silenced = await keeper.silence(kept, (T0 + 9) * 60_000);
    for (let minute = 5; minute <= 8; minute++) await evaluateAt(T0 + minute);
    expect(events()).toEqual(['firing', 'repeated']);
    await keeper.silence(silenced, null);
    for (let minute = 9; minute <= 14; minute++) await evaluateAt(T0 + minute);
    expect(events()).toEqual(['firing', 'repeated', 'repeated', 'resolved']);
    expect(received[0]?.headers['x-utxoiq-signature']).toBeUndefined();
  });

  it('that refuses, or sends elsewhere, is told with the next evaluation, and after a restart', async () => {
    const { received, url } = await receiverForThisTest(400, 302);
    const config = { targets: [{ name: 'webhook', url }] } as const;
    const first = await keeperForThisTest({ config, pausesMs });
    await onlyRule(first.keeper, ruleOf());
    first.store.set('api', T0, 100, 50);
    await first.evaluateAt(T0 + 1);
    expect(received).toHaveLength(1);
    expect(first.logger.warn.mock.calls.at(-1)?.[1]).toContain('it answered 400');
    first.store.set('api', T0 + 1, 100, 50);
    await first.evaluateAt(T0 + 2);
    expect(received).toHaveLength(2);
    expect(first.keeper.stats()).toMatchObject({ notificationsSent: 0, notificationsFailed: 2 });
    await first.keeper.stop();

    const second = await keeperForThisTest({ config, pausesMs, dataDir: first.dataDir });
    second.store.set('api', T0 + 2, 100, 50);
    await second.evaluateAt(T0 + 3);
    expect(received.at(-1)?.body.alerts).toMatchObject([{ event: 'firing' }]);
    const [{ id } = { id: '' }] = second.keeper.rules;
    await second.keeper.removeRule(id);
    await second.keeper.notifier.settled();
    expect(received.at(-1)?.body.alerts).toMatchObject([{ event: 'resolved', end: 'rule_deleted' }]);
    await second.evaluateAt(T0 + 4);
    expect(second.keeper.alerts).toEqual([]);
    expect(received).toHaveLength(4);
  });

  it('may be Slack’s', async () => {
    const { received, url } = await receiverForThisTest();
    const { keeper, store, evaluateAt } = await keeperForThisTest({
      config: { targets: [{ name: 'slack', url }] },
    });
    await onlyRule(keeper, ruleOf({ name: 'a <b> & c' }));
    store.set('api', T0, 100, 50);
    await evaluateAt(T0 + 1);
    expect(received[0]?.body.text).toMatch(
      /^:rotating_light: a &lt;b&gt; &amp; c: api: error rate 50 % .* <https:\/\/traces\.example\/\?[^|>]+\|traces>$/,
    );
    const [target] = keeper.notifier.targets;
    if (target === undefined) throw new Error('there is one');
    expect(await keeper.notifier.test(target)).toMatchObject({ ok: true, status: 200 });
    expect(received[1]?.body.text).toContain('This is a test');
  });

  it('takes no more than it can have at once, and the rest with the next', async () => {
    const { received, url } = await receiverForThisTest();
    const { keeper, store, evaluateAt } = await keeperForThisTest({
      config: { targets: [{ name: 'slack', url }] },
    });
    await onlyRule(keeper, ruleOf({ filter_str: `span:"${'x'.repeat(500)}"` }));
    const services = ['a\n:white_check_mark: all is well', 'x'.repeat(60_000)];
    for (let index = 0; index < 38; index++) services.push(`service-${index}`);
    for (let minute = T0; minute < T0 + 4; minute++)
      for (const service of services) store.set(service, minute, 100, 50);
    for (const minute of [1, 2, 3, 4]) await evaluateAt(T0 + minute);
    const texts = received.map(({ body }) => body.text ?? '');
    expect(texts.map((text) => text.length < 16_000)).toEqual([true, true, true]);
    const lines = texts.flatMap((text) => text.split('\n').filter((line) => !line.startsWith('and ')));
    expect(lines).toHaveLength(services.length);
    expect(lines.every((line) => line.startsWith(':rotating_light: Errors: '))).toBe(true);
    expect(lines.find((line) => line.includes('xxx...'))).toContain('<https://traces.example/alerts|traces>');
  });

  it('may have a password in its address, and gets it where it belongs', async () => {
    const { received, url } = await receiverForThisTest();
    const { keeper } = await keeperForThisTest({
      config: { targets: [{ name: 'webhook', url: url.replace('//', '//me:s%40cret@') }] },
    });
    const [target] = keeper.notifier.targets;
    if (target === undefined) throw new Error('there is one');
    expect(await keeper.notifier.test(target)).toMatchObject({ ok: true });
    expect(received[0]?.headers.authorization).toBe(`Basic ${btoa('me:s@cret')}`);
  });

  it('says when it wants to be asked again in seconds or as a date', () => {
    const now = Date.UTC(2026, 10, 23, 8, 0, 0);
    expect(readRetryAfter('7', now)).toBe(7000);
    expect(readRetryAfter('Mon, 23 Nov 2026 08:00:09 GMT', now)).toBe(9000);
    for (const text of ['', 'soon', '-1', 'Mon, 23 Nov 2026 07:00:00 GMT']) {
      expect(readRetryAfter(text, now)).toBe(0);
    }
  });

  it('that is not there is a failure with a reason', async () => {
    const { keeper } = await keeperForThisTest({
      config: { targets: [{ name: 'webhook', url: 'http://127.0.0.1:9/hook' }] },
    });
    const [target] = keeper.notifier.targets;
    if (target === undefined) throw new Error('there is one');
    expect(await keeper.notifier.test(target)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('reached'),
    });
  });
});
