import { readFileSync } from 'node:fs';
import parse, { type MetricFamily } from 'parse-prometheus-text-format';
import { beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '../../test/memory-source.ts';
import { startTestApp } from '../../test/test-app.ts';
import { ALERT_METRICS, COLLECTOR_METRICS, RETENTION_METRICS } from './metric-names.ts';
import { Metrics } from './metrics.ts';

/** Of each number another one, so that none can stand for another. */
const numbered = <S extends object>(names: S) =>
  Object.fromEntries(Object.keys(names).map((stat, index) => [stat, index + 1])) as Record<keyof S, number>;
const collectorStats = { ...numbered(COLLECTOR_METRICS), logFailing: true, storeFailing: false };
const retentionStats = numbered(RETENTION_METRICS);
const alertStats = numbered(ALERT_METRICS);

let text: string;
let families: ReadonlyMap<string, MetricFamily>;
beforeAll(async () => {
  const metrics = new Metrics({
    collectorStats: () => collectorStats,
    retentionStats: () => retentionStats,
    alertStats: () => alertStats,
    firingAlerts: () => [{ rule: 'High error rate', severity: 'critical', count: 2 }],
    pingEngine: () => Promise.reject(new Error('down')),
  });
  await using test = await startTestApp(memorySource([]), { deps: { metrics } });
  await test.app.inject('/healthz');
  await test.app.inject('/metrics'); // A counter that is read twice has not grown by that.
  text = (await test.app.inject('/metrics')).body;
  families = new Map(parse(text).map((family) => [family.name, family]));
});

const numberOf = (name: string): number => Number(families.get(name)?.metrics[0]?.value);

describe('/metrics, as a Prometheus parser reads it', () => {
  it.each([
    ['collector', COLLECTOR_METRICS, collectorStats],
    ['retention', RETENTION_METRICS, retentionStats],
    ['alerts', ALERT_METRICS, alertStats],
  ])('has every number of the %s under its name, with its type and what it tells', (_, names, stats) => {
    const wanted = Object.entries(names).map(([stat, [name, help]]) => ({
      name,
      help,
      type: name.endsWith('_total') ? 'COUNTER' : 'GAUGE',
      value: Number(stats[stat as keyof typeof stats]),
    }));
    const found = wanted.map(({ name }) => {
      const { help, type } = families.get(name) ?? {};
      return { name, help, type, value: numberOf(name) };
    });
    expect(found).toEqual(wanted);
  });

  it('has the alerts that fire, by rule', () => {
    expect(text).toContain('utxoiq_alerts_firing{rule="High error rate",severity="critical"} 2');
  });

  it('has the engine, the requests by route, and the process', () => {
    expect(numberOf('utxoiq_engine_up')).toBe(0);
    expect(families.get('http_server_request_duration_seconds')?.type).toBe('HISTOGRAM');
    // The parser keeps no labels of histograms.
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} 1/,
    );
    expect(numberOf('process_cpu_seconds_total')).toBeGreaterThan(0);
  });

  it('names things as Prometheus asks: lower case, units in full, counters by _total', () => {
    for (const { name, type, help } of families.values()) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(help).not.toBe('');
      if (!name.startsWith('nodejs_'))
        expect([name, name.endsWith('_total')]).toEqual([name, type === 'COUNTER']);
    }
  });

  it('is described in docs/operate.md: every name of ours, and no other', () => {
    const page = readFileSync(new URL('../../../../docs/operate.md', import.meta.url), 'utf8');
    const described = [...page.matchAll(/^\| `((?:utxoiq|http)_\w+)`/gm)].map(([, name]) => name);
    const ours = [...families.keys()].filter((name) => /^(?:utxoiq|http)_/.test(name));
    expect(described.sort()).toEqual(ours.sort());
  });
});
