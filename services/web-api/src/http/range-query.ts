import { Type } from '@fastify/type-provider-typebox';
import { type Filter, parseCloudTraceFilter, parseQuery, parseTimestamp } from '@utxoiq/model';
import { ApiError, invalidArgument } from '../errors/api-error.ts';
import type { FilterText } from '../source/trace-source.ts';

const timeExpected = 'a time as in RFC 3339, such as 2026-11-22T14:00:00Z';

/** The parameters that every question over a range of time has. */
export const rangeParameters = {
  start_time: Type.String({ description: 'First instant, inclusive (RFC 3339).' }),
  end_time: Type.String({ description: 'Last instant, inclusive (RFC 3339).' }),
  project: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      maxItems: 100,
      description: 'Only these projects (repeat it); default all that the token covers.',
    }),
  ),
};

export const filterParameters = {
  filter_str: Type.Optional(
    Type.String({
      maxLength: 10_000,
      description: 'A filter in the Cloud Trace filter language, such as `root:GET latency:200ms`.',
    }),
  ),
  language: Type.Optional(
    Type.Union([Type.Literal('cloud-trace'), Type.Literal('query')], {
      enum: ['cloud-trace', 'query'],
      description:
        "Language of `filter_str`: Cloud Trace's (default), or its superset with OR, NOT and comparisons.",
    }),
  ),
};

export interface RangeText {
  readonly start_time: string;
  readonly end_time: string;
}

export function parseRange(query: RangeText): { startUnixNano: bigint; endUnixNano: bigint } {
  const startUnixNano = parseTime('start_time', query.start_time);
  const endUnixNano = parseTime('end_time', query.end_time);
  if (endUnixNano < startUnixNano) {
    throw invalidArgument('end_time', query.end_time, `a time at or after start_time (${query.start_time})`);
  }
  return { startUnixNano, endUnixNano };
}

export function parseTime(field: string, text: string): bigint {
  const time = parseTimestamp(text);
  if (time !== null) return time;
  // In a query string a bare + is a space, so 12:00+02:00 arrives as 12:00 02:00.
  const lostPlus = /\d \d\d:?\d\d$/.test(text);
  throw invalidArgument(field, text, lostPlus ? `${timeExpected} (write + as %2B in a URL)` : timeExpected);
}

export interface FilterQuery {
  readonly filter_str?: string;
  readonly language?: 'cloud-trace' | 'query';
}

export function parseFilter(
  query: FilterQuery,
  field = 'filter_str',
): { filter: Filter | null; filterText?: FilterText } {
  const text = query.filter_str;
  if (text === undefined || text.trim() === '') return { filter: null };
  const language = query.language ?? 'cloud-trace';
  const result = language === 'query' ? parseQuery(text) : parseCloudTraceFilter(text);
  if (result.ok) return { filter: result.filter, filterText: { text, language } };
  const { message, position, length, expected } = result.error;
  throw new ApiError('INVALID_ARGUMENT', `${field}: ${message} (at position ${position})`, {
    field,
    came: text.slice(0, 1000),
    expected: Array.isArray(expected) ? expected.join(', ') : String(expected),
    position,
    length,
  });
}
