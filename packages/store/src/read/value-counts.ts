import type { Filter } from '@utxoiq/model';
import { isPresentAt } from '../filter/attribute-condition.ts';
import { placesOf } from '../filter/attribute-places.ts';
import { textAt, textOfPlaces } from '../filter/attribute-text.ts';
import { spanCondition } from '../filter/span-condition.ts';
import type { Loaded } from './key-catalogue.ts';
import { Deadline } from './limits.ts';
import { limitReached } from './partial.ts';
import type { AttributeValuesQuery, Facet, FacetsQuery, TimeRangeQuery, ValueCount } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { ROLLUP_FIELDS, redSource, rollupAnswers } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { larger, smaller, type TimeWindow, timeWindows } from './time-windows.ts';
import { cutShort } from './timeseries.ts';

const KIND_NAMES = `['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']`;
const STATUS_NAMES = `['unset', 'ok', 'error']`;

/** What facets and comparisons group by besides attributes. */
const FIELDS: Readonly<Record<string, string>> = {
  service: 'toString(service)',
  name: 'toString(name)',
  status: `arrayElement(${STATUS_NAMES}, status_code + 1)`,
  kind: `arrayElement(${KIND_NAMES}, kind + 1)`,
};

/** The value of a field or attribute as an expression of text, null where a span has none. */
export function valueExpression(key: string, keys: Loaded, params: SqlParameters): string {
  return FIELDS[key] ?? textOfPlaces(placesOf({ key, exactKey: true }, keys, params));
}

/** Fields as they are stored, which are cheaper to group by than their text. */
const STORED_FIELDS: Readonly<Record<string, StoredValue>> = {
  service: { value: 'service', isPresent: '1', text: 'toString(stored)' },
  name: { value: 'name', isPresent: '1', text: 'toString(stored)' },
  status: { value: 'status_code', isPresent: '1', text: `arrayElement(${STATUS_NAMES}, stored + 1)` },
  kind: { value: 'kind', isPresent: '1', text: `arrayElement(${KIND_NAMES}, stored + 1)` },
};

interface StoredValue {
  readonly value: string;
  readonly isPresent: string;
  /** Its text, of `stored`. */
  readonly text: string;
}

function storedValue(key: string, keys: Loaded, params: SqlParameters): StoredValue {
  const field = STORED_FIELDS[key];
  if (field !== undefined) return field;
  const places = placesOf({ key, exactKey: true }, keys, params);
  const [place] = places;
  if (place !== undefined && places.length === 1) {
    return {
      value: place.value,
      isPresent: isPresentAt(place),
      text: textAt({ ...place, value: 'stored' }),
    };
  }
  const value = textOfPlaces(places);
  return { value, isPresent: `isNotNull(${value})`, text: 'assumeNotNull(stored)' };
}

interface Counting {
  readonly range: TimeRangeQuery;
  readonly filter: Filter | null;
  readonly key: string;
  readonly prefix: string;
  readonly limit: number;
  readonly deadline: Deadline;
}

/** Values and how many spans have them, in one window of time, most frequent first. */
async function countValues(reader: Reader, counting: Counting, window: TimeWindow): Promise<ValueCount[]> {
  const { range, filter, key } = counting;
  const keys = await reader.keys.load();
  const params = new SqlParameters();
  const condition = filter === null ? '1' : spanCondition(filter, { params, keys });
  const { value, isPresent, text } = storedValue(key, keys, params);
  const counts = `
SELECT ${value} AS stored, count() AS spans
FROM spans
WHERE ${visible(range.projects, params)}
  AND start >= ${params.time(window.from)} AND start < ${params.time(window.to)}
  AND ${condition}
  AND ${isPresent}
GROUP BY stored`;
  return readCounts(reader, counting, { counts, text, params });
}

/** The same of a field that the rollup has, by whole minutes: a twentieth of the cost. */
async function countInRollup(reader: Reader, counting: Counting): Promise<ValueCount[]> {
  const params = new SqlParameters();
  const { range, filter, key } = counting;
  const { rows } = await redSource(reader, { ...range, filter }, params);
  const { value, text } = STORED_FIELDS[key] as StoredValue;
  const counts = `SELECT ${value} AS stored, sum(spans) AS spans FROM ${rows} GROUP BY stored`;
  return readCounts(reader, counting, { counts, text, params });
}

interface Counts {
  /** Rows of (stored, spans). */
  readonly counts: string;
  readonly text: string;
  readonly params: SqlParameters;
}

async function readCounts(reader: Reader, counting: Counting, rows: Counts): Promise<ValueCount[]> {
  const { range, prefix, limit, deadline } = counting;
  const { counts, text, params } = rows;
  const sql = `
SELECT ${text} AS value, spans
FROM (${counts})
${prefix === '' ? '' : `WHERE startsWith(value, ${params.text(prefix)})`}
ORDER BY spans DESC, value
LIMIT ${limit}`;
  const result = await select(reader, { sql, params, deadline, signal: range.signal, onTimeout: 'break' });
  const value = result.column('value');
  const spans = result.column<BigUint64Array>('spans');
  return Array.from(value, (name, row) => ({ value: name, count: Number(spans[row]) }));
}

/** Of an attribute in a map a day takes seconds: not so far at once that the budget is long over. */
const VALUES_WINDOW_GROWTH = 6n;

/** Values of an attribute for autocompletion, from the newest spans backwards until there are enough. */
export async function attributeValues(
  reader: Reader,
  query: AttributeValuesQuery,
): Promise<readonly ValueCount[]> {
  const { key, prefix = '', limit = 20 } = query;
  const deadline = new Deadline(reader.limits);
  const budget = new Deadline({ ...reader.limits, timeoutMs: reader.limits.completionMs });
  const counts = new Map<string, number>();
  const range = { from: query.startUnixNano, to: query.endUnixNano + 1n };
  const data = await reader.data.about();
  let costPerMs = 0;
  if (data === null) return [];
  for (const window of timeWindows(range, 'backwards', data, () => VALUES_WINDOW_GROWTH)) {
    // What some values are known of already is not worth waiting for longer than the budget.
    const lengthMs = lengthWithin(window, data) / 1e6;
    if (counts.size > 0 && lengthMs * costPerMs > budget.leftMs) break;
    const began = performance.now();
    const counting: Counting = { range: query, filter: null, key, prefix, limit: limit * 4, deadline };
    for (const { value, count } of await countValues(reader, counting, window)) {
      counts.set(value, (counts.get(value) ?? 0) + count);
    }
    if (counts.size >= limit || budget.isOver) break;
    // A short statement costs the same however long its window is.
    const tookMs = performance.now() - began;
    costPerMs = tookMs < reader.limits.completionMs / 5 ? 0 : tookMs / lengthMs;
  }
  return Array.from(counts, ([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}

/** Nanoseconds of a window in which there are spans, at least one. */
function lengthWithin(window: TimeWindow, data: TimeWindow): number {
  const from = larger(window.from, data.from);
  const to = smaller(window.to, data.to);
  return to > from ? Number(to - from) : 1;
}

/** The most frequent values of some keys among the spans that satisfy the filter. */
export async function facets(reader: Reader, query: FacetsQuery): Promise<readonly Facet[]> {
  const { filter, keys, limit = 10 } = query;
  const deadline = new Deadline(reader.limits);
  const window = { from: query.startUnixNano, to: query.endUnixNano + 1n };
  return Promise.all(
    keys.map(async (key) => {
      try {
        const counting: Counting = { range: query, filter, key, prefix: '', limit, deadline };
        const values =
          ROLLUP_FIELDS.includes(key) && rollupAnswers(filter)
            ? await countInRollup(reader, counting)
            : await countValues(reader, counting, window);
        return { key, values, partial: cutShort(deadline) };
      } catch (error) {
        return { key, values: [], partial: limitReached(error) };
      }
    }),
  );
}
