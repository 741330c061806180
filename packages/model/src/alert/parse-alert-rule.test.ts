import { describe, expect, it } from 'vitest';
import { parseQuery } from '../filter/query.ts';
import { alertFilter, alertQueryText } from './alert-filter.ts';
import { alertRuleToJson } from './alert-rule.ts';
import { alertConditionText, alertValueText } from './alert-text.ts';
import { parseAlertRule } from './parse-alert-rule.ts';
import { READY_MADE_ALERT_RULES } from './ready-made-rules.ts';

const valid = { name: 'Errors of api', signal: 'error_rate', threshold: 5 };
function ruleOf(input: unknown) {
  const result = parseAlertRule(input);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.rule;
}

describe('a rule from JSON', () => {
  it('has defaults for what is left out', () => {
    expect(ruleOf({ ...valid, name: '  Errors of api ' })).toMatchObject({
      name: 'Errors of api',
      severity: 'warning',
      enabled: true,
      windowMinutes: 5,
      forMinutes: 0,
      minCount: 20,
      service: null,
      groupBy: 'service',
      spans: 'requests',
      recoveryThreshold: null,
      projects: null,
    });
  });

  it('goes to JSON and back without a change', () => {
    for (const rule of READY_MADE_ALERT_RULES) expect(ruleOf(alertRuleToJson(rule))).toEqual(rule);
  });

  it.each([
    ['rule', null],
    ['rule', []],
    ['name', { ...valid, name: ' ' }],
    ['name', { ...valid, name: 'x'.repeat(101) }],
    ['signal', { ...valid, signal: 'cpu' }],
    ['threshold', { name: 'x', signal: 'error_rate' }],
    ['threshold', { ...valid, threshold: 101 }],
    ['threshold', { ...valid, threshold: Number.NaN }],
    ['threshold', { ...valid, signal: 'missing_data', threshold: 1 }],
    ['recovery_threshold', { ...valid, recovery_threshold: 6 }],
    ['recovery_threshold', { ...valid, signal: 'request_rate', comparison: 'below', recovery_threshold: 4 }],
    ['comparison', { ...valid, comparison: 'below' }],
    ['window_minutes', { ...valid, window_minutes: 61 }],
    ['window_minutes', { ...valid, window_minutes: 1.5 }],
    ['for_minutes', { ...valid, for_minutes: -1 }],
    ['min_count', { ...valid, min_count: 0 }],
    ['service', { ...valid, operation: 'GET /' }],
    ['filter_str', { ...valid, filter_str: 'region=(' }],
    ['projects', { ...valid, projects: [] }],
    ['projects', { ...valid, projects: [1] }],
    ['enabled', { ...valid, enabled: 'yes' }],
    ['percentile', { ...valid, percentile: 42 }],
    ['threshhold', { ...valid, threshhold: 5 }],
  ])('names %s when that is wrong', (field, input) => {
    expect(parseAlertRule(input)).toMatchObject({
      ok: false,
      error: { field, expected: expect.any(String) },
    });
  });
});

describe('what a rule looks at', () => {
  const rule = ruleOf({
    ...valid,
    service: 'api',
    operation: 'GET /x',
    filter_str: 'region=far OR region=near',
  });

  it('is one filter of service, operation, kind and its own', () => {
    expect(alertFilter(rule)).toMatchObject({ type: 'and', terms: { length: 4 } });
    expect(alertFilter(ruleOf({ ...valid, spans: 'all' }))).toBeNull();
    expect(alertFilter(ruleOf({ ...valid, spans: 'roots' }))).toMatchObject({ scope: 'root' });
  });

  it('is text of the query language that finds the spans behind it', () => {
    const text = alertQueryText(rule, 'api');
    expect(text).toContain('status=error');
    expect(parseQuery(text)).toMatchObject({ ok: true });
    expect(
      alertQueryText(ruleOf({ ...valid, signal: 'latency', threshold: 2000, spans: 'all' }), 'web'),
    ).toBe('span{ service=web duration>2s }');
    expect(alertQueryText(ruleOf({ ...valid, signal: 'missing_data', spans: 'all' }), 'web')).toBe(
      'service=web',
    );
    expect(alertQueryText(ruleOf({ ...valid, signal: 'request_rate', spans: 'all' }), null)).toBe('');
  });

  it('is a line for people', () => {
    expect(READY_MADE_ALERT_RULES.map(alertConditionText)).toEqual([
      'error rate above 5 % over 5 min, for 2 min',
      'p95 latency above 2 s over 5 min, for 5 min',
      'no spans for 15 min',
    ]);
    expect(alertValueText({ signal: 'error_rate' }, 7.25)).toBe('7.25 %');
    expect(alertValueText({ signal: 'request_rate' }, 120.4)).toBe('120 a minute');
  });
});
