import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { filter as anyFilter } from '../../test/filter-arbitraries.ts';
import { grammarOf } from '../../test/grammar.ts';
import { parseCloudTraceFilter } from './cloud-trace-filter.ts';
import type { Filter } from './filter.ts';
import { formatQuery } from './format-query.ts';
import { parseQuery } from './query.ts';

const { parsed, failure, holdsForAnyText } = grammarOf(parseQuery);

describe('parseQuery', () => {
  it.each<[string, string]>([
    ['a b', 'root:a root:b'],
    ['a AND b', 'root:a root:b'],
    ['a b OR c AND d', '(root:a root:b) OR (root:c root:d)'],
    ['a (b OR c)', 'root:a (root:b OR root:c)'],
    ['(a (b (c)))', 'root:a root:b root:c'],
    ['NOT a b', 'NOT root:a root:b'],
    ['-a -(b c)', 'NOT root:a NOT (root:b root:c)'],
    ['NOT NOT +a', 'NOT root!=a'],
    ['latency>=1s latency<1.5s', 'latency>=1s latency<1500ms'],
    ['latency:1m latency != 5', 'latency>=60s latency!=5ms'],
    ['duration > 100ms ^duration<=2us', 'duration>100ms ^duration<=2us'],
    ['http.response.status_code >= 500', 'http.response.status_code>=500'],
    ['temperature<-1.5e3 x==200', 'temperature<-1500 x==200'],
    ['key=value key!=value key~sub key!~sub', 'key=value key!=value key~sub key!~sub'],
    ['+key:value ^key=v', 'key=value ^key=v'],
    ['url=http://x/y?a=b user:a@b:c', '/http/url="http://x/y?a=b" user:"a@b:c"'],
    ['service:check service=checkout service!=a', 'service:check service=checkout service!=a'],
    ['name~GET ^name=x root~y span=z', 'name~GET root=x root~y name=z'],
    ['status:ERROR kind!=server status=ok', 'status=error kind!=server status=ok'],
    ['has:user.id label:x ^has:y', 'has:user.id has:x ^has:y'],
    ['-has:user.id', 'NOT has:user.id'],
    ['trace:0AF7651916CD43DD8448EB211C80319C', 'trace=0af7651916cd43dd8448eb211c80319c'],
    ['span_id!=00f067aa0ba902b7', 'span_id!=00f067aa0ba902b7'],
    ['span{status:error duration>1s}', 'span{ status=error duration>1s }'],
    ['span { a=b OR NOT c=d }', 'span{ a=b OR c!=d }'],
    ['"status":error "AND" "NOT"=x', '"status":error root:"AND" "NOT"=x'.replace('root:"AND"', 'root:AND')],
    ['NOT:x ORDER AND:y OR=z', '"NOT":x root:ORDER "AND":y "OR"=z'],
    ['scope~http status_message~time', 'scope~http status_message~time'],
  ])('reads %s as %s', (text, canonical) => {
    expect(formatQuery(parsed(text))).toBe(canonical);
    expect(parsed(canonical)).toEqual(parsed(text));
  });

  it('builds the trees the words promise', () => {
    expect(parsed('span{ service=a NOT status:error } OR http.status_code>=500')).toEqual({
      type: 'or',
      terms: [
        {
          type: 'same-span',
          term: {
            type: 'and',
            terms: [
              { type: 'field', scope: 'any', field: 'service', op: '=', value: 'a' },
              {
                type: 'not',
                term: { type: 'field', scope: 'any', field: 'status', op: '=', value: 'error' },
              },
            ],
          },
        },
        { type: 'attribute-number', scope: 'any', key: 'http.status_code', op: '>=', value: 500 },
      ],
    });
    expect(parsed('')).toBeNull();
  });

  it('takes exact keys as an option, also under a negation', () => {
    const result = parseQuery('method!=GET', { strictHttpNames: true });
    expect(result.ok && result.filter).toMatchObject({
      type: 'not',
      term: { key: '/http/method', exactKey: true },
    });
  });

  it.each([
    ['a OR', 4, '', 'a term'],
    ['OR a', 0, 'OR', 'a term; "OR" for that name'],
    ['a AND OR b', 6, 'OR', 'a term; "OR" for that name'],
    ['NOT', 3, '', 'a term'],
    ['-', 1, '', 'a term'],
    ['()', 1, ')', 'a term'],
    ['(a', 0, '(', "')'"],
    ['(a}', 2, '}', "a term, AND, OR or ')'"],
    ['a)', 1, ')', 'a term, AND, OR or the end'],
    ['span{a', 4, '{', "'}'"],
    ['span{', 5, '', 'a term'],
    ['key>', 4, '', 'a value'],
    ['key>abc', 4, 'abc', 'a number; = and != compare text'],
    ['key:>=5', 4, '>', 'a value'],
    ['key=(x)', 4, '(', 'a value'],
    ['+key=x', 0, '+', 'key=...'],
    ['^latency>1s', 0, '^', 'latency'],
    ['duration>x', 9, 'x', 'a number followed by ns, us, ms, s, m, h or nothing (milliseconds)'],
    ['status:bad', 7, 'bad', 'one of unset, ok, error'],
    ['status~err', 0, 'status~', 'one of : = !='],
    ['kind>server', 0, 'kind>', 'one of : = !='],
    ['name>5', 0, 'name>', 'one of : = != ~ !~'],
    ['trace:abc', 6, 'abc', '32 hex digits'],
    ['a && b', 2, '&', 'a term'],
    ['a=b"c"', 3, '"', 'a space'],
    ['""=x', 0, '""', 'a label key'],
  ])('refuses %j at %i', (text, position, at, expected) => {
    expect(failure(text)).toMatchObject({ position, at, expected });
  });

  it('bounds length, terms and nesting', () => {
    expect(failure('x'.repeat(8193))).toMatchObject({ position: 8192 });
    expect(failure('x '.repeat(201))).toMatchObject({ expected: 'at most 200 terms' });
    expect(parsed(`${'('.repeat(64)}a${')'.repeat(64)}`)).toMatchObject({ type: 'field' });
    expect(failure(`${'('.repeat(65)}a${')'.repeat(65)}`)).toMatchObject({ position: 64 });
    expect(failure('-'.repeat(8000))).toMatchObject({ position: 64 });
    expect(failure('span{'.repeat(1500))).toMatchObject({ expected: 'at most 64 levels' });
  });

  it('reads back every tree that formatQuery prints', () => {
    fc.assert(
      fc.property(anyFilter, (filter: Filter) => {
        expect(parsed(formatQuery(filter))).toEqual(filter);
      }),
      { numRuns: 1000 },
    );
  });

  it("means the same as Cloud Trace's language for every text valid there, but for the words it adds", () => {
    const word = fc.constantFrom(
      'a',
      '/x',
      'k.1',
      'x-y',
      '"a b"',
      '""',
      '"\\""',
      'GET',
      'OR-b',
      'NOT-x',
      'AND.y',
      'span',
      'NOTE',
    );
    const key = fc.constantFrom(
      'root',
      'span',
      'label',
      'method',
      'url',
      'latency',
      'http.url',
      '"status"',
      'Client',
    );
    const value = fc.oneof(word, fc.constantFrom('1s', '200', '15ms', '7'));
    const term = fc
      .tuple(
        fc.constantFrom('', '+', '^', '+^'),
        fc.oneof(
          word,
          fc.tuple(key, value).map((pair) => pair.join(':')),
        ),
      )
      .map((parts) => parts.join(''));
    let valid = 0;
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
        const text = terms.join(' ');
        const result = parseCloudTraceFilter(text);
        if (!result.ok) return;
        valid++;
        expect(parseQuery(text)).toEqual(result);
      }),
      { numRuns: 1000 },
    );
    expect(valid).toBeGreaterThan(200);
  });

  it('never throws, and points into the text, whatever the text', () => {
    const words = ['span', 'latency', '1s', 'NOT ', ' OR ', ' AND ', 'status', 'error', 'has', 'trace'];
    holdsForAnyText([...'+^:"\\ a(){}-=~>', '!=', '<=', ...words], formatQuery, 3000);
  });
});
