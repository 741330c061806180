import { describe, expect, it } from 'vitest';
import { makeSpan } from '../../test/make-span.ts';
import { matchesSpan, matchesTrace, rootOf } from './matches.ts';
import { parseQuery } from './query.ts';

const root = makeSpan({
  spanId: '1',
  name: 'GET /a',
  kind: 2,
  startMs: 0,
  endMs: 100,
  service: 'web',
  attributes: { 'http.request.method': 'GET', 'http.response.status_code': 500n, cached: false },
});
const child = makeSpan({
  spanId: '2',
  parentSpanId: '1',
  name: 'SELECT',
  kind: 3,
  startMs: 10,
  endMs: 160,
  service: 'db',
  status: 2,
  attributes: { 'db.rows': 1.5, size: '12' },
});
const trace = [child, root];

function filter(text: string, strictHttpNames = false) {
  const result = parseQuery(text, { strictHttpNames });
  if (!result.ok) throw new Error(result.error.message);
  return result.filter;
}

describe('matchesTrace', () => {
  it.each<[string, boolean]>([
    ['', true],
    ['GET', true],
    ['SELECT', false],
    ['span:SEL', true],
    ['^span:SEL', false],
    ['+span:SEL', false],
    ['latency>=160ms latency<161ms', true],
    ['latency>160ms', false],
    ['^duration=100ms', true],
    ['duration>100ms', true],
    ['^duration>100ms', false],
    ['method:GET', true],
    ['/http/method=GET http.method=GET', true],
    ['http.status_code>=500 +/http/status_code:500', true],
    ['service=web service=db', true],
    ['span{service=web service=db}', false],
    ['span{service=db status:error}', true],
    ['span{service=web status:error}', false],
    ['span{service=db NOT status:error}', false],
    ['service!=db', false],
    ['span{service!=db}', true],
    ['NOT service=cache', true],
    ['has:size ^has:size', false],
    ['size>=12 db.rows<2 cached=false', true],
    ['cached>0', false],
    ['service=x OR kind:client', true],
    ['service.name=web', true],
  ])('%s: %s', (text, expected) => {
    expect(matchesTrace(filter(text), trace)).toBe(expected);
  });

  it('compares keys as written where the filter is strict', () => {
    expect(matchesTrace(filter('method:GET', true), trace)).toBe(false);
    expect(matchesTrace(filter('http.request.method:GET', true), trace)).toBe(true);
  });

  it('takes for root the span without parent that starts first', () => {
    const early = makeSpan({ spanId: '3', name: 'early', startMs: -5, endMs: 0 });
    expect(rootOf([...trace, early])).toBe(early);
    expect(rootOf([child])).toBeUndefined();
    expect(matchesTrace(filter('GET'), [...trace, early])).toBe(false);
  });
});

describe('matchesSpan', () => {
  it('asks every leaf of that span', () => {
    expect(matchesSpan(filter('service=db latency>=150ms'), child, false)).toBe(true);
    expect(matchesSpan(filter('latency>=150ms'), root, true)).toBe(false);
    expect(matchesSpan(filter('GET'), root, true)).toBe(true);
    expect(matchesSpan(filter('GET'), root, false)).toBe(false);
    expect(matchesSpan(filter('service!=web'), child, false)).toBe(true);
  });
});
