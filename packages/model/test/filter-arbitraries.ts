import fc from 'fast-check';
import type { Filter, Leaf, NumberOp, TextField, TextOp } from '../src/filter/filter.ts';
import { anyText } from './any-text.ts';

const text = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'ab',
    '/x',
    '200',
    'GET',
    'AND',
    'status',
    'root',
    'a b',
    '"',
    '\\',
    '',
    '-x',
    '{',
    'a:b',
  ),
  anyText({ maxLength: 6 }),
);
const key = fc.oneof(
  fc.constantFrom('http.method', 'http.request.method', 'k', 'status', 'latency', 'a b', 'OR', 'x-y'),
  anyText({ minLength: 1, maxLength: 4 }),
);
const scope = fc.constantFrom<'any' | 'root'>('any', 'root');
const textOp = fc.constantFrom<TextOp>('=', 'prefix', 'contains');
const numberOp = fc.constantFrom<NumberOp>('=', '<', '<=', '>', '>=');
const nanos = fc.oneof(
  fc.constantFrom(0n, 1n, 1500n, 10n ** 6n, 10n ** 9n),
  fc.bigInt({ min: 0n, max: 2n ** 62n }),
);

export const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ type: fc.constant('trace-duration' as const), op: numberOp, nanos }),
  fc.record({ type: fc.constant('span-duration' as const), scope, op: numberOp, nanos }),
  fc.record({
    type: fc.constant('field' as const),
    scope,
    field: fc.constantFrom<TextField>('name', 'service', 'status-message', 'scope-name'),
    op: textOp,
    value: text,
  }),
  fc.record({
    type: fc.constant('field' as const),
    scope,
    field: fc.constant('status' as const),
    op: fc.constant('=' as const),
    value: fc.constantFrom('unset', 'ok', 'error'),
  }),
  fc.record({
    type: fc.constant('field' as const),
    scope,
    field: fc.constant('kind' as const),
    op: fc.constant('=' as const),
    value: fc.constantFrom('server', 'client', 'internal'),
  }),
  fc.record({ type: fc.constant('has-attribute' as const), scope, key }),
  fc.record({ type: fc.constant('attribute' as const), scope, key, op: textOp, value: text }),
  fc.record({
    type: fc.constant('attribute-number' as const),
    scope,
    key,
    op: numberOp,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  }),
);

/** Filter trees as the parsers make them: no list of one, no list right inside a list of its kind. */
export const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms) => list('and', terms)),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms) => list('or', terms)),
    tie('filter').map((term): Filter => ({ type: 'not', term })),
    tie('filter').map((term): Filter => ({ type: 'same-span', term })),
  ),
})).filter;

function list(type: 'and' | 'or', terms: readonly Filter[]): Filter {
  return { type, terms: terms.flatMap((term) => (term.type === type ? term.terms : [term])) };
}
