import { rankDifferences } from '@utxoiq/model';
import { AttributeType } from '../block/span-row.ts';
import { clamp, spanCondition } from '../filter/span-condition.ts';
import type { Loaded } from './key-catalogue.ts';
import { Deadline } from './limits.ts';
import type { CompareQuery, CompareResult } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { cutShort } from './timeseries.ts';
import { valueExpression } from './value-counts.ts';

const FIELDS = ['service', 'name', 'status', 'kind'];
/** Attributes compared at most: the most frequent ones. */
const MAX_KEYS = 60;
/** Spans looked at, at most; of more, a sample: it takes 3 us to lay out the values of one. */
const MAX_SPANS = 100_000;

/** What the selected spans have that the others have not: shares of each value on both sides. */
export async function compare(reader: Reader, query: CompareQuery): Promise<CompareResult> {
  const { limit = 30, signal } = query;
  const deadline = new Deadline(reader.limits);
  const keys = await reader.keys.load();
  const whole = await counts(reader, query, keys, deadline);
  const every = Math.max(1, Math.ceil(whole.total / MAX_SPANS));
  const params = new SqlParameters();
  const pairs = comparedKeys(keys).map(
    (key) => `(${params.text(key)}, ${valueExpression(key, keys, params)})`,
  );
  const sql = `
SELECT pair.1 AS key, assumeNotNull(pair.2) AS value, countIf(is_selected) AS selected, countIf(NOT is_selected) AS baseline
FROM (
  SELECT ${selected(query, params, keys)} AS is_selected,
    arrayJoin(arrayFilter(pair -> isNotNull(pair.2), CAST([${pairs.join(', ')}], 'Array(Tuple(String, Nullable(String)))'))) AS pair
  FROM spans
  WHERE ${population(query, params, keys)} ${every > 1 ? `AND sipHash64(span_id) % ${every} = 0` : ''}
)
GROUP BY key, value
ORDER BY selected + baseline DESC
LIMIT 20000`;
  const result = await select(reader, { sql, params, deadline, signal, onTimeout: 'break' });
  const sides = every === 1 ? whole : await counts(reader, query, keys, deadline, every);
  const key = result.column('key');
  const value = result.column('value');
  const inSelected = result.column<BigUint64Array>('selected');
  const inBaseline = result.column<BigUint64Array>('baseline');
  const candidates = Array.from(key, (name, row) => ({
    key: name,
    value: value[row] as string,
    selected: Number(inSelected[row]),
    baseline: Number(inBaseline[row]),
  }));
  const sizes = { selected: sides.selected, baseline: sides.total - sides.selected };
  return {
    selectedCount: sides.selected * every,
    baselineCount: (sides.total - sides.selected) * every,
    differences: rankDifferences(candidates, sizes, limit),
    partial: cutShort(deadline),
  };
}

const comparedKeys = (keys: Loaded): readonly string[] => [
  ...FIELDS,
  ...Array.from(keys.places)
    .filter(([, places]) => places.some(({ type }) => type !== AttributeType.empty))
    .slice(0, MAX_KEYS)
    .map(([key]) => key)
    .filter((key) => key !== 'service.name'),
];

function population(query: CompareQuery, params: SqlParameters, keys: Loaded): string {
  const { projects, startUnixNano, endUnixNano, filter } = query;
  return `${visible(projects, params)}
    AND start BETWEEN ${params.time(startUnixNano)} AND ${params.time(endUnixNano)}
    AND ${filter === null ? '1' : spanCondition(filter, { params, keys })}`;
}

function selected({ selection }: CompareQuery, params: SqlParameters, keys: Loaded): string {
  const { startUnixNano, endUnixNano, minDurationNanos, maxDurationNanos, filter } = selection;
  const conditions = [
    `start BETWEEN ${params.time(startUnixNano)} AND ${params.time(endUnixNano)}`,
    minDurationNanos === undefined ? '1' : `duration >= ${params.int64(clamp(minDurationNanos))}`,
    maxDurationNanos === undefined ? '1' : `duration <= ${params.int64(clamp(maxDurationNanos))}`,
    filter === undefined ? '1' : spanCondition(filter, { params, keys }),
  ];
  return `(${conditions.join(' AND ')})`;
}

async function counts(reader: Reader, query: CompareQuery, keys: Loaded, deadline: Deadline, every = 1) {
  const params = new SqlParameters();
  const sql = `
SELECT count() AS total, countIf(${selected(query, params, keys)}) AS selected
FROM spans
WHERE ${population(query, params, keys)} ${every > 1 ? `AND sipHash64(span_id) % ${every} = 0` : ''}`;
  const result = await select(reader, { sql, params, deadline, signal: query.signal, onTimeout: 'break' });
  return {
    total: Number(result.column<BigUint64Array>('total')[0]),
    selected: Number(result.column<BigUint64Array>('selected')[0]),
  };
}
