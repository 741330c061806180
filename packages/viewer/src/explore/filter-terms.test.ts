import { parseQuery } from '@utxoiq/model';
import { describe, expect, it } from 'vitest';
import { addTerm, equalsTerm, excludeTerm, hasTerm, removeTerm, traceIdIn } from './filter-terms.ts';

describe('terms written into a filter', () => {
  it('mean in the language what they say, whatever the value holds', () => {
    for (const value of ['GET', '', 'a b', 'say "hi" \\ there', 'x:y', 'OR', '(1)']) {
      expect(parseQuery(equalsTerm('http.route', value))).toEqual({
        ok: true,
        filter: { type: 'attribute', scope: 'any', key: 'http.route', op: '=', value },
      });
    }
  });

  it('tell a field from an attribute of the same name', () => {
    expect(equalsTerm('service', 'web-api')).toBe('service=web-api');
    expect(equalsTerm('url', '/x')).toBe('"url"=/x');
    expect(excludeTerm('status', 'error')).toBe('status!=error');
  });

  it('hold for the whole of a disjunction', () => {
    expect(addTerm('a=1 OR b=2', 'c=3')).toBe('(a=1 OR b=2) c=3');
    expect(addTerm('(a=1 OR b=2)', 'c=3')).toBe('(a=1 OR b=2) c=3');
  });

  it('are added once and taken out whole', () => {
    expect(addTerm('a=1', 'a=1')).toBe('a=1');
    expect(removeTerm('a=1 b=2 c=3', 'b=2')).toBe('a=1 c=3');
    expect(hasTerm('a=11', 'a=1')).toBe(false);
  });

  it('knows a pasted trace id, bare or in a header, from a filter', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const pasted = [id, ` ${id.toUpperCase()} `, `00-${id}-00f067aa0ba902b7-01`, `${id}/1;o=1`];
    expect(pasted.map(traceIdIn)).toEqual(Array(4).fill(id));
    expect(['', 'service=a', `trace=${id}`, '0'.repeat(32), id.slice(1)].map(traceIdIn)).toEqual(
      Array(5).fill(null),
    );
  });
});
