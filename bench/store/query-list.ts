import type { Filter } from '@utxoiq/model';
import {
  type AlertRule,
  alertFilter,
  alertHistoryMinutes,
  READY_MADE_ALERT_RULES,
} from '@utxoiq/model/alert';
import type { TraceStore } from '@utxoiq/store';
import { byTurns, END_MS, type Loaded } from './load.ts';

const MINUTE_NANOS = 60_000_000_000n;
const HOUR_NANOS = 3_600_000_000_000n;
const END = BigInt(END_MS) * 1_000_000n;

const attribute = (key: string, value: string): Filter => ({
  type: 'attribute',
  scope: 'any',
  key,
  op: '=',
  value,
});
const service: Filter = { type: 'field', scope: 'any', field: 'service', op: '=', value: 'web-api' };
const longer = (ms: number): Filter => ({
  type: 'span-duration',
  scope: 'any',
  op: '>=',
  nanos: BigInt(ms) * 1_000_000n,
});
const all = (...terms: Filter[]): Filter => ({ type: 'and', terms });
const oneSpan = (...terms: Filter[]): Filter => ({ type: 'same-span', term: all(...terms) });
const route = attribute('http.route', '/api/v1/alerts');
const serverErrors: Filter = {
  type: 'attribute-number',
  scope: 'any',
  key: 'http.response.status_code',
  op: '>=',
  value: 500,
};

/** What web-api asks for an alert rule: each minute the last hour's values, for a preview those of 24 hours. */
const alertMinutes = (store: TraceStore, rule: AlertRule, minutes: number) =>
  store.minutes({
    projects: 'all',
    startUnixNano: END - BigInt(minutes + alertHistoryMinutes(rule)) * MINUTE_NANOS,
    endUnixNano: END,
    filter: alertFilter(rule),
    groupBy: 'service',
    durations: rule.signal === 'latency',
  });

export type Query = readonly [name: string, targetMs: number | null, run: () => Promise<unknown>];

export function queries(
  store: TraceStore,
  { traceIds, correlationIds }: Loaded,
  endUnixNano: bigint = END,
): readonly Query[] {
  const day = { projects: 'all', startUnixNano: endUnixNano - 24n * HOUR_NANOS, endUnixNano } as const;
  const hour = { ...day, startUnixNano: endUnixNano - HOUR_NANOS };
  const traceId = byTurns(traceIds);
  const correlationId = byTurns(correlationIds);
  const page = { filter: null, pageSize: 20 };
  const slowest = { ...page, orderBy: 'duration desc' } as const;
  return [
    ['statement', null, () => store.ping()],
    ['trace by id', 20, () => store.getTrace({ projects: 'all', traceId: traceId() })],
    ['trace id that is not there', null, () => store.getTrace({ projects: 'all', traceId: 'a'.repeat(32) })],
    ['outline of a trace', null, () => store.outline({ projects: 'all', traceId: traceId() })],
    ['traces: newest 20', 10, () => store.listTraces({ ...day, ...page })],
    [
      'traces: service + duration + attribute, last hour',
      20,
      () => store.listTraces({ ...hour, ...page, filter: oneSpan(service, longer(50), route) }),
    ],
    [
      'traces: service + duration + attribute, 24 h',
      60,
      () => store.listTraces({ ...day, ...page, filter: oneSpan(service, longer(50), route) }),
    ],
    [
      'spans: service + duration + attribute, last hour',
      20,
      () => store.listSpans({ ...hour, ...page, filter: all(service, longer(50), route) }),
    ],
    [
      'spans: service + duration + attribute, 24 h',
      60,
      () => store.listSpans({ ...day, ...page, filter: all(service, longer(50), route) }),
    ],
    [
      'spans: the same, few match, 24 h',
      60,
      () => store.listSpans({ ...day, ...page, filter: all(service, longer(1500), route) }),
    ],
    [
      'spans: the same, attribute in a map, none match, 24 h',
      60,
      () =>
        store.listSpans({
          ...day,
          ...page,
          filter: all(service, longer(1500), attribute('user.plan', 'enterprise')),
        }),
    ],
    [
      'traces: rare attribute value, 24 h',
      60,
      () => store.listTraces({ ...day, ...page, filter: attribute('correlation_id', correlationId()) }),
    ],
    [
      'spans: rare value in a map, 24 h',
      60,
      () => store.listSpans({ ...day, ...page, filter: attribute('user.id', 'user-99123') }),
    ],
    [
      'spans: value that is not there, 24 h',
      60,
      () => store.listSpans({ ...day, ...page, filter: attribute('user.id', 'nobody') }),
    ],
    ['traces: status code >= 500', null, () => store.listTraces({ ...day, ...page, filter: serverErrors })],
    [
      'errors per service and minute, 24 h',
      50,
      () => store.timeseries({ ...day, filter: null, groupBy: 'service', buckets: 1440, percentiles: false }),
    ],
    [
      'rate, errors, percentiles per service, 24 h',
      null,
      () => store.timeseries({ ...day, filter: null, groupBy: 'service' }),
    ],
    [
      'rate, errors, percentiles per service, 1 h',
      null,
      () => store.timeseries({ ...hour, filter: null, groupBy: 'service' }),
    ],
    ['services, 24 h', null, () => store.services(day)],
    ['operations, 24 h', null, () => store.operations(day)],
    ['heatmap, 24 h', null, () => store.heatmap({ ...day, filter: null })],
    ['heatmap with a filter, 1 h', null, () => store.heatmap({ ...hour, filter: route })],
    ['traces: slowest 20, 24 h', null, () => store.listTraces({ ...day, ...slowest })],
    ['attribute keys', null, () => store.attributeKeys(day)],
    ['values of a promoted attribute', null, () => store.attributeValues({ ...day, key: 'http.route' })],
    ['values of an attribute in a map', null, () => store.attributeValues({ ...day, key: 'user.plan' })],
    [
      'facets of 4 keys, 1 h',
      null,
      () => store.facets({ ...hour, filter: null, keys: ['service', 'name', 'http.route', 'user.plan'] }),
    ],
    ['dependencies, 1 h', null, () => store.dependencies(hour)],
    ['dependencies, 24 h', null, () => store.dependencies(day)],
    [
      'comparison, 1 h',
      null,
      () =>
        store.compare({ ...hour, filter: service, selection: { ...hour, minDurationNanos: 100_000_000n } }),
    ],
    ...READY_MADE_ALERT_RULES.flatMap((rule): Query[] => [
      [`alert rule, each minute: ${rule.name}`, null, () => alertMinutes(store, rule, 60)],
      [`alert rule, preview: ${rule.name}`, null, () => alertMinutes(store, rule, 1440)],
    ]),
  ];
}
