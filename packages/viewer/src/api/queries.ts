import { keepPreviousData, useInfiniteQuery, useIsFetching, useQuery } from '@tanstack/react-query';
import { type FilterError, parseQuery } from '@utxoiq/model';
import { useMemo } from 'react';
import { useClock } from '../app/clock.ts';
import { useUrlState } from '../app/url-state.ts';
import { absoluteText, resolveRange, type TimeRange } from '../time/range.ts';
import { getJson, nextPageToken, type QueryParams, request } from './client.ts';
import type {
  AttributeKey,
  Comparison,
  DependencyItem,
  Facet,
  Heatmap,
  OperationItem,
  Page,
  ServiceItem,
  SpanItem,
  Timeseries,
  TraceItem,
} from './types.ts';

/** What every question about a time range carries. */
export interface Scope {
  readonly range: TimeRange;
  readonly params: QueryParams;
  /** What is wrong with the filter: it is not asked for then, and what was shown stays. */
  readonly filterError: FilterError | null;
}

/** The range, the filter and the project that the address says. */
export function useScope(): Scope {
  const [{ from, to, q, project }] = useUrlState();
  const nowMs = useClock();
  return useMemo(() => {
    const range = resolveRange({ ...(from && { from }), ...(to && { to }) }, nowMs);
    const text = absoluteText(range);
    const filter = parseQuery(q ?? '');
    return {
      range,
      filterError: filter.ok ? null : filter.error,
      params: {
        start_time: text.from,
        end_time: text.to,
        filter_str: q,
        language: q === undefined ? undefined : 'query',
        project,
      },
    };
  }, [from, to, q, project, nowMs]);
}

async function getPage<Item>(path: string, query: QueryParams, signal: AbortSignal): Promise<Page<Item>> {
  const response = await request(path, { query, signal });
  return {
    items: (await response.json()) as Item[],
    next: nextPageToken(response.headers.get('link')),
    partial: response.headers.get('x-partial'),
  };
}

/** An answer that a limit may have cut short, as the header says. */
export interface MaybePartial<T> {
  readonly data: T;
  readonly partial: string | null;
}
async function getMaybePartial<T>(
  path: string,
  query: QueryParams,
  signal: AbortSignal,
): Promise<MaybePartial<T>> {
  const response = await request(path, { query, signal });
  return { data: (await response.json()) as T, partial: response.headers.get('x-partial') };
}

function usePages<Item>(path: string, scope: Scope, orderBy: string, enabled: boolean) {
  const query: QueryParams = { ...scope.params, order_by: orderBy, page_size: 100 };
  return useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam, signal }) =>
      getPage<Item>(path, { ...query, page_token: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: enabled && scope.filterError === null,
  });
}

export function useTraces(scope: Scope, orderBy: string, enabled: boolean) {
  return usePages<TraceItem>('/monitoring/traces', scope, orderBy, enabled);
}
export function useSpans(scope: Scope, orderBy: string, enabled: boolean) {
  return usePages<SpanItem>('/monitoring/spans', scope, orderBy, enabled);
}

function useScoped<T>(path: string, scope: Scope, extra: QueryParams, enabled = true) {
  const query: QueryParams = { ...scope.params, ...extra };
  return useQuery({
    queryKey: [path, query],
    queryFn: ({ signal }) => getMaybePartial<T>(path, query, signal),
    placeholderData: keepPreviousData,
    enabled: enabled && scope.filterError === null,
  });
}

export function useTimeseries(scope: Scope, buckets: number, groupBy?: 'service' | 'operation') {
  return useScoped<Timeseries>('/monitoring/timeseries', scope, { buckets, group_by: groupBy });
}
export function useHeatmap(scope: Scope, timeBuckets: number, durationBuckets: number) {
  return useScoped<Heatmap>('/monitoring/heatmap', scope, {
    time_buckets: timeBuckets,
    duration_buckets: durationBuckets,
  });
}
export function useFacets(scope: Scope, keys: readonly string[], enabled: boolean) {
  return useScoped<readonly Facet[]>('/monitoring/facets', scope, { key: keys }, enabled);
}
/** Whether nobody waits for a list any more. */
export function useListsSettled(): boolean {
  const traces = useIsFetching({ queryKey: ['/monitoring/traces'] });
  const spans = useIsFetching({ queryKey: ['/monitoring/spans'] });
  return traces + spans === 0;
}
/** What is asked of the range and the project as a whole, whatever the filter: the map, completion. */
export function unfiltered({ range, params }: Scope): Scope {
  const { start_time, end_time, project } = params;
  return { range, params: { start_time, end_time, project }, filterError: null };
}
export function useServices(scope: Scope) {
  return useScoped<readonly ServiceItem[]>('/monitoring/services', scope, {});
}
export function useOperations(scope: Scope, service: string | undefined) {
  const asked = service !== undefined;
  return useScoped<readonly OperationItem[]>('/monitoring/operations', scope, { service }, asked);
}
export function useDependencies(scope: Scope) {
  return useScoped<readonly DependencyItem[]>('/monitoring/dependencies', unfiltered(scope), {});
}
/** The values that a field of its own has (service, name): facets know them, attributes do not. */
export function useFieldValues(scope: Scope, field: string, enabled: boolean) {
  return useScoped<readonly Facet[]>(
    '/monitoring/facets',
    unfiltered(scope),
    { key: [field], limit: 200 },
    enabled,
  );
}
/** A key stands once for spans and once for resources, and again for each type: one line for all of them. */
export function eachOnce(keys: readonly AttributeKey[]): readonly AttributeKey[] {
  const byKey = new Map<string, AttributeKey>();
  for (const one of keys) {
    const known = byKey.get(one.key);
    byKey.set(one.key, known === undefined ? one : { ...known, count: known.count + one.count });
  }
  return [...byKey.values()];
}
export function useAttributeKeys(scope: Scope, prefix: string, enabled: boolean) {
  const query: QueryParams = { ...unfiltered(scope).params, prefix: prefix || undefined, limit: 50 };
  return useQuery({
    queryKey: ['attribute-keys', query],
    queryFn: ({ signal }) => getJson<readonly AttributeKey[]>('/monitoring/attributes', query, signal),
    select: eachOnce,
    placeholderData: keepPreviousData,
    staleTime: 300_000,
    enabled,
  });
}
export function useAttributeValues(scope: Scope, key: string, prefix: string, enabled: boolean) {
  const query: QueryParams = { ...unfiltered(scope).params, key, prefix: prefix || undefined, limit: 50 };
  return useQuery({
    queryKey: ['attribute-values', query],
    queryFn: ({ signal }) => getJson<Facet['values']>('/monitoring/attributes/values', query, signal),
    placeholderData: (previous, query) => (query?.queryKey[1] === key ? previous : undefined),
    staleTime: 300_000,
    enabled,
  });
}

export interface ComparedSelection {
  readonly startMs: number;
  readonly endMs: number;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
}
export function useComparison(scope: Scope, selection: ComparedSelection | null) {
  const { project, ...params } = scope.params;
  const body = selection && {
    ...params,
    ...(project === undefined ? {} : { project: [project] }),
    selection: {
      start_time: new Date(Math.floor(selection.startMs)).toISOString(),
      end_time: new Date(Math.ceil(selection.endMs)).toISOString(),
      min_duration_ms: selection.minDurationMs,
      max_duration_ms: selection.maxDurationMs,
    },
    limit: 40,
  };
  return useQuery({
    queryKey: ['compare', body],
    queryFn: async ({ signal }) => {
      const response = await request('/monitoring/compare', { method: 'POST', body, signal });
      return (await response.json()) as Comparison;
    },
    enabled: body !== null && scope.filterError === null,
  });
}
