import { alertRuleToJson, READY_MADE_ALERT_RULES } from '@utxoiq/model/alert';
import { describe, expect, it } from 'vitest';
import { bodyOf, formOf, newForm, previewBody, readForm, withSignal } from './rule-form-state.ts';

describe('the form of a rule', () => {
  it('changes nothing that nobody touched', () => {
    for (const rule of READY_MADE_ALERT_RULES) {
      const json = alertRuleToJson(rule);
      const read = readForm(formOf(json));
      expect(read.ok && alertRuleToJson(read.rule)).toEqual(json);
    }
  });

  it('begins with a rule that can be tried, and saved once it has a name', () => {
    expect(previewBody(newForm())).toMatchObject({
      signal: 'error_rate',
      threshold: 5,
      recovery_threshold: null,
    });
    expect(readForm(newForm())).toMatchObject({ ok: false, error: { field: 'name' } });
    expect(readForm({ ...newForm(), name: 'x' }).ok).toBe(true);
    for (const signal of ['latency', 'request_rate', 'missing_data'] as const)
      expect(previewBody(withSignal(newForm(), signal))).toMatchObject({ signal });
  });

  it('takes a comma for a point, and says what is no number', () => {
    expect(bodyOf({ ...newForm(), threshold: '2,5' })).toMatchObject({ threshold: 2.5 });
    expect(readForm({ ...newForm(), name: 'x', threshold: 'much' })).toMatchObject({
      error: { field: 'threshold' },
    });
    expect(readForm({ ...newForm(), name: 'x', threshold: '' })).toMatchObject({
      error: { field: 'threshold' },
    });
  });
});
