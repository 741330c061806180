import { type Filter, parseCloudTraceFilter, parseQuery } from '@utxoiq/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeType } from '../block/span-row.ts';
import type { KeyPlace, Loaded } from '../read/key-catalogue.ts';
import { SqlParameters } from '../read/sql-parameters.ts';
import { necessaryFilter } from './necessary-filter.ts';
import { spanCondition } from './span-condition.ts';
import { traceCondition } from './trace-condition.ts';

const onSpan = (type: AttributeType, promoted: boolean): KeyPlace => ({ on: 'span', type, promoted });
const keys: Loaded = {
  places: new Map<string, KeyPlace[]>([
    ['http.request.method', [onSpan(AttributeType.string, true)]],
    ['http.method', [onSpan(AttributeType.string, true)]],
    ['/http/method', [onSpan(AttributeType.string, false)]],
    ['user.id', [onSpan(AttributeType.string, false)]],
    ['region', [{ on: 'resource', type: AttributeType.string, promoted: false }]],
    ['http.response.status_code', [onSpan(AttributeType.int, true)]],
  ]),
  columns: new Map([['user.id', 'promoted_user.id']]),
};
const attribute = (key: string, value: string): Filter => ({
  type: 'attribute',
  scope: 'any',
  key,
  op: '=',
  value,
});

function compiled(compile: typeof spanCondition | typeof traceCondition, filter: Filter) {
  const params = new SqlParameters();
  return { sql: compile(filter, { params, keys }), values: params.values };
}

describe('spanCondition', () => {
  it('asks every name of an attribute where values of it are', () => {
    expect(compiled(spanCondition, attribute('http.method', 'GET'))).toEqual({
      sql: '(attr_http_method = {p1:String} OR attr_http_request_method = {p2:String} OR attributes_string[{p0:String}] = {p3:String})',
      values: { p0: '/http/method', p1: 'GET', p2: 'GET', p3: 'GET' },
    });
  });

  it('reads the column of an attribute that was promoted at run time', () => {
    expect(compiled(spanCondition, attribute('user.id', 'u')).sql).toBe('`promoted_user.id` = {p1:String}');
  });

  it('asks a resource once per distinct text', () => {
    expect(compiled(spanCondition, attribute('region', 'eu')).sql).toBe(
      "JSONExtractString(resource, 'text', {p0:String}) = {p1:String}",
    );
  });

  it('knows that a key which no span has matches nothing', () => {
    expect(compiled(spanCondition, attribute('nobody', 'x'))).toEqual({ sql: '0', values: {} });
  });

  it('never puts a value into the text', () => {
    const hostile = "') OR 1 --";
    for (const key of ['user.id', 'region', 'http.method']) {
      expect(compiled(spanCondition, attribute(key, hostile)).sql).not.toContain(hostile);
    }
  });
});

describe('whatever is typed into a filter', () => {
  // The mark stands in every text that is typed, and in no statement of ours.
  const mark = '\u2603';
  const typed = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(`${text}${mark}`));
  const word = fc.oneof(
    typed.filter((text) => !text.includes('\\u') && !/\\[bfnrt]/.test(text)),
    fc
      .constantFrom(`'${mark}`, `${mark}') OR 1 --`, `\\\\${mark}`, `{p0:String}${mark}`)
      .map((text) => `"${text}"`),
  );
  const key = fc.oneof(
    word,
    fc.constantFrom(
      'root',
      'span',
      'label',
      'method',
      'url',
      'user.id',
      'region',
      'http.method',
      'service',
      'status',
    ),
  );
  const term = fc
    .tuple(fc.constantFrom('', '+', '^', '+^'), key, fc.constantFrom(':', '=', '~'), word)
    .map((parts) => parts.join(''));

  it('reaches SQL bound, or is refused', () => {
    let reached = 0;
    fc.assert(
      fc.property(
        fc.array(term, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(' ', ' OR ', ' NOT '),
        (terms, glue) => {
          for (const parse of [parseCloudTraceFilter, parseQuery]) {
            const result = parse(terms.join(glue));
            if (!result.ok || result.filter === null) continue;
            for (const compile of [spanCondition, traceCondition]) {
              const { sql, values } = compiled(compile, result.filter);
              expect(sql).not.toContain(mark);
              if (JSON.stringify(values).includes(mark)) reached++;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThan(50);
  });
});

describe('traceCondition', () => {
  it('lets different spans meet different terms, and asks the root where the scope says so', () => {
    const filter: Filter = {
      type: 'and',
      terms: [
        { type: 'field', scope: 'any', field: 'service', op: '=', value: 's' },
        { type: 'not', term: { type: 'field', scope: 'root', field: 'name', op: 'prefix', value: 'GET' } },
      ],
    };
    expect(compiled(traceCondition, filter).sql).toBe(
      "((countIf(service = {p0:String}) > 0) AND NOT (argMinIf(toBool(startsWith(name, {p1:String})), (start, span_id), parent_span_id = toFixedString('', 8)) = 1))",
    );
  });
});

describe('necessaryFilter', () => {
  const service: Filter = { type: 'field', scope: 'any', field: 'service', op: '=', value: 's' };
  it('takes the rarest term of a conjunction', () => {
    expect(necessaryFilter({ type: 'and', terms: [service, attribute('user.id', 'u')] })?.filter).toEqual(
      attribute('user.id', 'u'),
    );
  });
  it('needs nothing of a span where any alternative needs nothing', () => {
    expect(necessaryFilter({ type: 'or', terms: [service, { type: 'not', term: service }] })).toBeNull();
  });
});
