import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlertRule, parseAlertRule } from '@utxoiq/model/alert';
import { StoreError } from '@utxoiq/store';
import { describe, expect, it } from 'vitest';
import { keeperForThisTest } from '../../test/alert-platform.ts';
import { T0 } from '../../test/fake-minutes.ts';
import type { AlertKeeper } from './alert-keeper.ts';

function ruleOf(changes: object = {}): AlertRule {
  const parsed = parseAlertRule({
    name: 'Errors',
    signal: 'error_rate',
    threshold: 5,
    severity: 'critical',
    ...changes,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.rule;
}

/** Only the rules of the test. */
async function withRules(keeper: AlertKeeper, ...rules: AlertRule[]) {
  for (const { id } of keeper.rules) await keeper.removeRule(id);
  for (const rule of rules) await keeper.addRule(rule);
}

const statesOf = (keeper: AlertKeeper) =>
  Object.fromEntries(keeper.alerts.map(({ service, state }) => [service ?? '*', state.status]));

describe('the keeper of alerts', () => {
  it('begins with the recommended rules, enabled', async () => {
    const { keeper } = await keeperForThisTest();
    expect(keeper.rules.map(({ rule }) => [rule.name, rule.enabled])).toEqual([
      ['High error rate', true],
      ['Slow requests', true],
      ['Missing trace data', true],
    ]);
  });

  it('has an alert per service, fires, remembers the worst, and writes down when', async () => {
    const { keeper, store, evaluateAt, logger } = await keeperForThisTest();
    await withRules(keeper, ruleOf({ for_minutes: 1 }));
    for (let minute = T0 - 70; minute < T0 + 20; minute++) {
      store.set('web', minute, 100, 0);
      store.set('api', minute, 100, minute >= T0 && minute < T0 + 4 ? 40 : 0);
    }
    await evaluateAt(T0);
    expect(statesOf(keeper)).toEqual({ web: 'ok', api: 'ok' });
    await evaluateAt(T0 + 1);
    expect(statesOf(keeper)).toEqual({ web: 'ok', api: 'pending' });
    for (const minute of [2, 3, 4, 5]) await evaluateAt(T0 + minute);
    const firing = keeper.alerts.find(({ service }) => service === 'api');
    expect(firing).toMatchObject({
      state: { status: 'firing', sinceMs: (T0 + 2) * 60_000 },
      value: 32,
      peak: 32,
    });
    expect(keeper.valuesOf(firing?.id ?? '')).toHaveLength(60);
    expect(keeper.firingByRule()).toEqual([{ rule: 'Errors', severity: 'critical', count: 1 }]);
    expect(logger.fatal.mock.calls[0]?.[1]).toBe(
      'alert firing: Errors: api: error rate 16 % (error rate above 5 % over 5 min, for 1 min)',
    );
    for (const minute of [8, 9]) await evaluateAt(T0 + minute);
    expect(statesOf(keeper)).toEqual({ web: 'ok', api: 'ok' });
    expect(keeper.history).toMatchObject([
      { service: 'api', firedMs: (T0 + 2) * 60_000, endedMs: (T0 + 9) * 60_000, end: 'recovered', peak: 32 },
    ]);
    expect(logger.info.mock.calls.at(-1)?.[1]).toContain('alert resolved: Errors: api: recovered');
  });

  it('leaves alerts as they are while the store cannot be asked, and says so once', async () => {
    const { keeper, store, evaluateAt, logger } = await keeperForThisTest();
    await withRules(keeper, ruleOf());
    store.set('api', T0, 100, 50);
    await evaluateAt(T0 + 1);
    store.failing = new StoreError('UNREACHABLE', 'http://user:secret@clickhouse');
    for (const minute of [2, 3, 40]) await evaluateAt(T0 + minute);
    expect(statesOf(keeper)).toEqual({ api: 'firing' });
    const [{ id } = { id: '' }] = keeper.rules;
    expect(keeper.failureOf(id)).toMatchObject({ message: 'the store does not answer; try again' });
    expect(keeper.stats()).toMatchObject({ evaluations: 4, evaluationFailures: 3 });
    expect(logger.warn).toHaveBeenCalledTimes(1);
    store.failing = null;
    store.partial = { reason: 'time' };
    await evaluateAt(T0 + 41);
    expect(keeper.failureOf(id)?.message).toContain('time limit');
    store.failing = new Error('secret');
    await evaluateAt(T0 + 41);
    expect(keeper.failureOf(id)?.message).not.toContain('secret');
    store.failing = null;
    store.partial = null;
    store.set('api', T0 + 41, 100, 0);
    await evaluateAt(T0 + 42);
    expect(keeper.failureOf(id)).toBeNull();
    expect(statesOf(keeper)).toEqual({ api: 'ok' });
  });

  it('fires at once after a start, by what came before it', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest();
    await withRules(keeper, ruleOf());
    store.set('api', T0 - 1, 100, 50);
    await evaluateAt(T0);
    expect(statesOf(keeper)).toEqual({ api: 'firing' });
  });

  it('does not take its own absence for missing data', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest();
    await withRules(keeper, ruleOf({ signal: 'missing_data', threshold: 10, min_count: 100 }));
    store.set('api', T0 - 60, 500);
    await evaluateAt(T0);
    await evaluateAt(T0 + 10);
    expect(statesOf(keeper)).toEqual({});
    await evaluateAt(T0 + 11);
    expect(statesOf(keeper)).toEqual({ api: 'firing' });
    await evaluateAt(T0 - 60 + 1442); // Nothing is expected of it any more.
    expect(statesOf(keeper)).toEqual({});
    expect(keeper.history[0]).toMatchObject({ end: 'unwatched' });
  });

  it('survives a restart: rules, states, silences and history', async () => {
    const first = await keeperForThisTest();
    await withRules(first.keeper, ruleOf());
    first.store.set('api', T0, 100, 50);
    await first.evaluateAt(T0 + 1);
    const [kept] = first.keeper.rules;
    if (kept === undefined) throw new Error('it was made');
    await first.keeper.silence(kept, (T0 + 100) * 60_000);
    await first.keeper.stop();
    const second = await keeperForThisTest({ dataDir: first.dataDir, startMinute: T0 + 2 });
    expect(second.keeper.rules).toEqual(first.keeper.rules);
    expect(second.keeper.alerts).toEqual(first.keeper.alerts);
    expect(second.keeper.history).toEqual(first.keeper.history);
    expect(readdirSync(join(first.dataDir, 'alerts'))).toEqual(['alerts.json']);
  });

  it('sets a file aside that it cannot read, and goes on', async () => {
    const { keeper, dataDir } = await keeperForThisTest();
    await keeper.addRule(ruleOf());
    const path = join(dataDir, 'alerts', 'alerts.json');
    for (const text of [
      '{"version":1,',
      '{"version":2}',
      readFileSync(path, 'utf8').replace('"error_rate"', '"x"'),
    ]) {
      writeFileSync(path, text);
      const next = await keeperForThisTest({ dataDir });
      expect(next.keeper.rules).toHaveLength(3);
      expect(next.logger.error).toHaveBeenCalledTimes(1);
      expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
    }
  });

  it('keeps the rules that it can read beside one that it cannot', async () => {
    const { keeper, dataDir } = await keeperForThisTest();
    await withRules(keeper, ruleOf({ name: 'Good' }), ruleOf({ name: 'Bad', filter_str: 'k:v' }));
    const path = join(dataDir, 'alerts', 'alerts.json');
    const text = readFileSync(path, 'utf8').replace('"k:v"', '"a:b OR ("');
    writeFileSync(path, text);
    const next = await keeperForThisTest({ dataDir });
    expect(next.keeper.rules.map(({ rule }) => rule.name)).toEqual(['Good']);
    expect(next.logger.error.mock.calls[0]?.[0]).toContain('Bad has no valid filter_str');
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
  });

  it('counts the minutes that a long round, or a store that was away, passed over', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest();
    const short = { window_minutes: 1, for_minutes: 2 };
    await withRules(keeper, ruleOf({ name: 'Held', ...short }), ruleOf({ name: 'Once', window_minutes: 1 }));
    // Over the threshold, under it, and over it again: never for two minutes.
    for (const [minute, errors] of [0, 50, 0, 50].entries()) store.set('api', T0 + minute, 100, errors);
    await evaluateAt(T0 + 1);
    await evaluateAt(T0 + 4);
    const fired = keeper.history.map(({ rule, firedMs, endedMs }) => [
      rule.name,
      firedMs / 60_000 - T0,
      endedMs === null ? null : endedMs / 60_000 - T0,
    ]);
    expect(fired).toEqual([
      ['Once', 4, null],
      ['Once', 2, 3],
    ]);
  });

  it('does not wait for a time that a clock, set back since, was wrong about', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest({ startMinute: T0 + 600 });
    const missing = { signal: 'missing_data', threshold: 10, min_count: 100, service: 'web' };
    await withRules(keeper, ruleOf({ for_minutes: 1 }), ruleOf({ name: 'Missing', ...missing }));
    store.set('web', T0 - 60, 500);
    for (const minute of [T0, T0 + 1, T0 + 599]) store.set('api', minute, 100, 50);
    await evaluateAt(T0 + 600);
    expect(keeper.alerts.map(({ state }) => state.status)).toContain('pending');
    for (const minute of [1, 2, 12]) await evaluateAt(T0 + minute);
    expect(keeper.history.map(({ rule, service }) => [rule.name, service])).toEqual([
      ['Missing', 'web'],
      ['Errors', 'api'],
    ]);
  });

  it('ends what fires when its rule watches something else, is disabled or deleted', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest();
    await withRules(keeper, ruleOf());
    store.set('api', T0, 100, 50);
    await evaluateAt(T0 + 1);
    const only = () => {
      const [kept] = keeper.rules;
      if (kept === undefined) throw new Error('there is a rule');
      return kept;
    };
    await keeper.replaceRule(only(), ruleOf({ name: 'Renamed' }));
    expect(keeper.alerts).toMatchObject([{ rule: { name: 'Renamed' }, state: { status: 'firing' } }]);
    await keeper.replaceRule(only(), ruleOf({ threshold: 60 }));
    expect(keeper.alerts).toEqual([]);
    await keeper.replaceRule(only(), ruleOf());
    await evaluateAt(T0 + 2);
    await keeper.replaceRule(only(), ruleOf({ enabled: false }));
    await keeper.replaceRule(only(), ruleOf());
    await evaluateAt(T0 + 3);
    await keeper.removeRule(only().id);
    expect(keeper.history.map(({ end }) => end)).toEqual(['rule_deleted', 'rule_disabled', 'rule_changed']);
  });

  it('asks the store once for rules that look at the same', async () => {
    const { keeper, store, evaluateAt } = await keeperForThisTest();
    await withRules(keeper, ruleOf(), ruleOf({ name: 'Worse', threshold: 50 }));
    await evaluateAt(T0 + 1);
    expect(store.asked).toHaveLength(1);
  });
});

describe('a preview', () => {
  it('counts how often a rule would have fired in a day', async () => {
    const { keeper, store, clock } = await keeperForThisTest();
    for (let minute = T0 - 1500; minute < T0; minute++) {
      store.set('api', minute, 100, minute % 400 === 100 ? 90 : 0);
      store.set('web', minute, 100, 1);
    }
    clock.minute = T0;
    const preview = await keeper.preview(ruleOf());
    expect(preview).toMatchObject({ fired: 3, services: 2, endMs: T0 * 60_000 });
    expect(preview.shown.map(({ service, episodes }) => [service, episodes.length])).toEqual([
      ['api', 3],
      ['web', 0],
    ]);
    expect(preview.shown[0]?.values).toHaveLength(1440);
    expect(Math.max(...(preview.shown[0]?.values.map(Number) ?? []))).toBe(18);
    expect(preview.shown[0]?.withheldMinutes).toBe(0);
  });

  it('counts the minutes that too few spans kept quiet', async () => {
    const { keeper, store, clock } = await keeperForThisTest();
    store.set('api', T0 - 20, 3, 3);
    store.set('web', T0 - 20, 3, 0);
    clock.minute = T0;
    const { fired, shown } = await keeper.preview(ruleOf());
    expect(fired).toBe(0);
    expect(shown.map(({ service, withheldMinutes }) => [service, withheldMinutes])).toEqual([
      ['api', 5],
      ['web', 0],
    ]);
  });
});
