import type { Filter } from '../filter/filter.ts';
import { formatQuery } from '../filter/format-query.ts';
import { parseQuery } from '../filter/query.ts';
import type { AlertRule } from './alert-rule.ts';

type Watched = Pick<AlertRule, 'service' | 'operation' | 'spans' | 'filterStr'>;

/** The spans that a rule counts; null: all. */
export function alertFilter(rule: Watched): Filter | null {
  return allOf(termsOf(rule));
}

/**
 * Where to look when it fires, in the query language: the spans that made the value. Of a rule over each service, the
 * alert's own service.
 */
export function alertQueryText(rule: AlertRule, service: string | null): string {
  const terms = termsOf({ ...rule, service: rule.service ?? service });
  if (rule.signal === 'error_rate') terms.push(field('status', 'error'));
  if (rule.signal === 'latency') {
    const nanos = BigInt(Math.round(rule.threshold * 1e6));
    terms.push({ type: 'span-duration', scope: 'any', op: '>', nanos });
  }
  const [only] = terms;
  const filter = allOf(terms);
  return formatQuery(filter === null || only === filter ? filter : { type: 'same-span', term: filter });
}

function termsOf({ service, operation, spans, filterStr }: Watched): Filter[] {
  const terms: Filter[] = [];
  if (service !== null) terms.push(field('service', service));
  if (operation !== null) terms.push(field('name', operation));
  if (spans === 'requests')
    terms.push({ type: 'or', terms: [field('kind', 'server'), field('kind', 'consumer')] });
  // Every span lasts 0 or longer; a leaf of the root's scope holds of roots only.
  if (spans === 'roots') terms.push({ type: 'span-duration', scope: 'root', op: '>=', nanos: 0n });
  const own = filterStr === '' ? null : parseQuery(filterStr);
  if (own?.ok === true && own.filter !== null) terms.push(own.filter);
  return terms;
}

const field = (name: 'service' | 'name' | 'kind' | 'status', value: string): Filter => ({
  type: 'field',
  scope: 'any',
  field: name,
  op: '=',
  value,
});

function allOf(terms: readonly Filter[]): Filter | null {
  const [first] = terms;
  if (first === undefined) return null;
  return terms.length === 1 ? first : { type: 'and', terms };
}
