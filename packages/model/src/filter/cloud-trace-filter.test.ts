import { describe, expect, it } from 'vitest';
import { grammarOf } from '../../test/grammar.ts';
import { parseCloudTraceFilter } from './cloud-trace-filter.ts';
import type { Leaf } from './filter.ts';
import { formatCloudTraceFilter, necessaryCloudTraceFilter } from './format-cloud-trace-filter.ts';
import { parseQuery } from './query.ts';

const name = (scope: 'any' | 'root', op: '=' | 'prefix', value: string): Leaf => ({
  type: 'field',
  scope,
  field: 'name',
  op,
  value,
});
const label = (key: string, op: '=' | 'prefix', value: string, scope: 'any' | 'root' = 'any'): Leaf => ({
  type: 'attribute',
  scope,
  key,
  op,
  value,
});
const latency = (nanos: bigint): Leaf => ({ type: 'trace-duration', op: '>=', nanos });

const { parsed, failure, holdsForAnyText } = grammarOf(parseCloudTraceFilter);

describe('parseCloudTraceFilter', () => {
  it.each<[string, Leaf]>([
    ['root:/_ah/', name('root', 'prefix', '/_ah/')],
    ['+root:/_ah/background', name('root', '=', '/_ah/background')],
    ['/_ah/', name('root', 'prefix', '/_ah/')],
    ['+/_ah/background', name('root', '=', '/_ah/background')],
    ['"Recv. a:b"', name('root', 'prefix', 'Recv. a:b')],
    ['span:/modules.', name('any', 'prefix', '/modules.')],
    ['+span:/modules.GetNumInstances', name('any', '=', '/modules.GetNumInstances')],
    ['^span:/modules.', name('root', 'prefix', '/modules.')],
    ['+^span:/x', name('root', '=', '/x')],
    ['latency:12s', latency(12_000_000_000n)],
    ['latency:12000ms', latency(12_000_000_000n)],
    ['latency:12000000000ns', latency(12_000_000_000n)],
    ['latency:12000', latency(12_000_000_000n)],
    ['latency:"1s"', latency(1_000_000_000n)],
    ['label:/http/url', { type: 'has-attribute', scope: 'any', key: '/http/url' }],
    ['^label:/http/url', { type: 'has-attribute', scope: 'root', key: '/http/url' }],
    ['g.co/gae/app/module_version:2017', label('g.co/gae/app/module_version', 'prefix', '2017')],
    ['+/http/status_code:200', label('/http/status_code', '=', '200')],
    ['^/http/status_code:2', label('/http/status_code', 'prefix', '2', 'root')],
    ['+^my-label:x', label('my-label', '=', 'x', 'root')],
    ['method:GET', label('/http/method', 'prefix', 'GET')],
    ['+method:GET', label('/http/method', '=', 'GET')],
    ['^method:P', label('/http/method', 'prefix', 'P', 'root')],
    ['+^method:POST', label('/http/method', '=', 'POST', 'root')],
    ['url:"http://a/b?c=d"', label('/http/url', 'prefix', 'http://a/b?c=d')],
    ['+^url:/main', label('/http/url', '=', '/main', 'root')],
    ['Client:true', label('Client', 'prefix', 'true')],
    ['Label:x', label('Label', 'prefix', 'x')],
    ['status:error', label('status', 'prefix', 'error')],
    ['"root":x', label('root', 'prefix', 'x')],
    ['"my label":"a \\"quote\\" and \\\\"', label('my label', 'prefix', 'a "quote" and \\')],
    ['key:""', label('key', 'prefix', '')],
    ['"\u{1f600}":"\u{1f600}"', label('\u{1f600}', 'prefix', '\u{1f600}')],
  ])('reads %s', (text, leaf) => {
    expect(parsed(text)).toEqual(leaf);
    expect(parsed(` \t${text}\n`)).toEqual(leaf);
  });

  it('joins terms by AND', () => {
    expect(parsed('')).toBeNull();
    expect(parsed('   ')).toBeNull();
    expect(parsed('+span:/modules.GetNumInstances latency:1s')).toEqual({
      type: 'and',
      terms: [name('any', '=', '/modules.GetNumInstances'), latency(1_000_000_000n)],
    });
    expect(parsed('+^url:/main  /images method:200')).toEqual({
      type: 'and',
      terms: [
        label('/http/url', '=', '/main', 'root'),
        name('root', 'prefix', '/images'),
        label('/http/method', 'prefix', '200'),
      ],
    });
  });

  it('marks keys as exact where asked', () => {
    const strict = parseCloudTraceFilter('method:GET label:a /x', { strictHttpNames: true });
    expect(strict.ok && strict.filter).toEqual({
      type: 'and',
      terms: [
        { ...label('/http/method', 'prefix', 'GET'), exactKey: true },
        { type: 'has-attribute', scope: 'any', key: 'a', exactKey: true },
        name('root', 'prefix', '/x'),
      ],
    });
  });

  it.each([
    ['a:', 2, '', 'a value'],
    ['a: b', 2, ' ', 'a value'],
    ['a :b', 2, ':', 'a term'],
    [':b', 0, ':', 'a term'],
    ['+', 1, '', 'a term'],
    ['^', 1, '', 'a term'],
    ['^+root:x', 0, '^+', "'+^'"],
    ['++x', 1, '+', 'a term'],
    ['x +', 3, '', 'a term'],
    ['a:b:c', 3, ':', 'a space or the end'],
    ['url:http://x', 8, ':', 'a space or the end'],
    ['a:b*', 3, '*', 'a space or the end'],
    ['a:-b', 2, '-', 'a value'],
    ['a=b', 1, '=', 'a space or the end'],
    ['(a)', 0, '(', 'a term'],
    ['a:"b', 2, '"b', 'a closing "'],
    ['"a\\', 2, '\\', '\\" or \\\\'],
    ['a:"b\\n"', 4, '\\n', '\\" or \\\\'],
    ['a:"b"c', 5, 'c', 'a space or the end'],
    ['\u{1f600}', 0, '\u{1f600}', 'a term'],
    ['"":x', 0, '""', 'a label key'],
    ['label:""', 6, '""', 'a label key'],
    ['latency:', 8, '', 'a value'],
    ['latency:1.5s', 8, '1.5s', 'a whole number followed by s, ms, ns or nothing (milliseconds)'],
    ['latency:1m', 8, '1m', 'a whole number followed by s, ms, ns or nothing (milliseconds)'],
    [
      'latency:9999999999999999999s',
      8,
      '9999999999999999999s',
      'a whole number followed by s, ms, ns or nothing (milliseconds)',
    ],
    ['+latency:1s', 0, '+', 'latency:DURATION'],
    ['a ^latency:1s', 2, '^', 'latency:DURATION'],
  ])('refuses %j at %i', (text, position, at, expected) => {
    expect(failure(text)).toMatchObject({ position, at, expected });
  });

  it('words a failure so that a person can mend it', () => {
    expect(failure('url:http://x').message).toBe('":" stands where a space or the end is expected');
    expect(failure('a:b*').message).toBe(
      '"*" stands where a space or the end is expected; text with such characters goes in double quotes',
    );
    expect(failure('a:').message).toBe('the filter ends where a value is expected');
  });

  it('bounds length and number of terms', () => {
    expect(failure('x'.repeat(8193))).toMatchObject({ position: 8192, length: 1 });
    expect(parsed('x'.repeat(8192))).toMatchObject({ type: 'field' });
    expect(parsed('x '.repeat(200))).toMatchObject({ type: 'and' });
    expect(failure('x '.repeat(201))).toMatchObject({ position: 400, expected: 'at most 200 terms' });
  });

  it('never throws, and points into the text, whatever the text', () => {
    const words = ['root', 'span', 'latency', 'label', '1s'];
    holdsForAnyText([...'+^:"\\ a(', ...words, '\u{1f600}'], formatCloudTraceFilter, 1000);
  });
});

describe('formatCloudTraceFilter', () => {
  it("prints what Cloud Trace's language can say and nothing else", () => {
    const filter = parsed('+^url:/main /images "a b":"c\\"d" latency:1500 label:x +span:y');
    expect(formatCloudTraceFilter(filter)).toBe(
      '+^/http/url:/main root:/images "a b":"c\\"d" latency:1500ms label:x +span:y',
    );
    expect(formatCloudTraceFilter(null)).toBe('');
    expect(formatCloudTraceFilter({ type: 'not', term: latency(1n) })).toBeNull();
    expect(formatCloudTraceFilter({ ...latency(1n), op: '<' } as Leaf)).toBeNull();
    expect(formatCloudTraceFilter(label('root', '=', 'x'))).toBeNull();
  });
});

describe('necessaryCloudTraceFilter', () => {
  it.each([
    ['root=/a AND (x=1 OR y=2)', '+root:/a'],
    ['order.id=7 NOT z=1 latency:1s', '+order.id:7 latency:1000ms'],
    ['a=1 OR b=2', ''],
    ['NOT a=1', ''],
    ['status:error x=1', '+x:1'],
    // These answer under other names too, which Google does not know.
    ['method:GET http.status_code=200 service.name=a x=1', '+x:1'],
  ])('leaves of %s what holds wherever it holds', (query, expected) => {
    const result = parseQuery(query);
    expect(result.ok && necessaryCloudTraceFilter(result.filter)).toBe(expected);
  });
});
