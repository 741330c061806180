import { parseArgs } from 'node:util';
import { EmbeddedClickHouse, startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { Filter } from '@utxoiq/model';
import { TraceStore } from '@utxoiq/store';
import { END_MS, type Loaded, loadOnce } from './load.ts';
import { engineCpuMs, merge, spanBytes } from './on-disk.ts';

// Warm medians of the store's queries over generated spans of 24 hours, and bytes per span after merging:
//   node bench/store/queries.ts --spans 1000000
//   node bench/store/queries.ts --spans 10000000 --data-dir /tmp/spans   (kept; the next run reads it again)
// `statement` is the cost of one empty statement at that moment: how busy the machine is. CPU is the engine's, and
// depends less on what else runs.
const { values: options } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    'data-dir': { type: 'string' },
    runs: { type: 'string', default: '11' },
    only: { type: 'string', default: '' },
  },
});

const HOUR_NANOS = 3_600_000_000_000n;
const END = BigInt(END_MS) * 1_000_000n;
const ALL = { projects: 'all', startUnixNano: END - 24n * HOUR_NANOS, endUnixNano: END } as const;
const HOUR = { ...ALL, startUnixNano: END - HOUR_NANOS };

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

type Query = readonly [name: string, targetMs: number | null, run: () => Promise<unknown>];

function queries(store: TraceStore, { traceId, correlationId }: Loaded): readonly Query[] {
  const page = { filter: null, pageSize: 20 };
  const slowest = { ...page, orderBy: 'duration desc' } as const;
  return [
    ['statement', null, () => store.ping()],
    ['trace by id', 20, () => store.getTrace({ projects: 'all', traceId })],
    ['trace id that is not there', null, () => store.getTrace({ projects: 'all', traceId: 'a'.repeat(32) })],
    ['outline of a trace', null, () => store.outline({ projects: 'all', traceId })],
    ['traces: newest 20', 10, () => store.listTraces({ ...ALL, ...page })],
    [
      'traces: service + duration + attribute, last hour',
      20,
      () => store.listTraces({ ...HOUR, ...page, filter: oneSpan(service, longer(50), route) }),
    ],
    [
      'traces: service + duration + attribute, 24 h',
      60,
      () => store.listTraces({ ...ALL, ...page, filter: oneSpan(service, longer(50), route) }),
    ],
    [
      'spans: service + duration + attribute, last hour',
      20,
      () => store.listSpans({ ...HOUR, ...page, filter: all(service, longer(50), route) }),
    ],
    [
      'spans: service + duration + attribute, 24 h',
      60,
      () => store.listSpans({ ...ALL, ...page, filter: all(service, longer(50), route) }),
    ],
    [
      'spans: the same, few match, 24 h',
      60,
      () => store.listSpans({ ...ALL, ...page, filter: all(service, longer(1500), route) }),
    ],
    [
      'spans: the same, attribute in a map, none match, 24 h',
      60,
      () =>
        store.listSpans({
          ...ALL,
          ...page,
          filter: all(service, longer(1500), attribute('user.plan', 'enterprise')),
        }),
    ],
    [
      'traces: rare attribute value, 24 h',
      60,
      () => store.listTraces({ ...ALL, ...page, filter: attribute('correlation_id', correlationId) }),
    ],
    [
      'spans: rare value in a map, 24 h',
      60,
      () => store.listSpans({ ...ALL, ...page, filter: attribute('user.id', 'user-99123') }),
    ],
    [
      'spans: value that is not there, 24 h',
      60,
      () => store.listSpans({ ...ALL, ...page, filter: attribute('user.id', 'nobody') }),
    ],
    ['traces: status code >= 500', null, () => store.listTraces({ ...ALL, ...page, filter: serverErrors })],
    [
      'errors per service and minute, 24 h',
      50,
      () => store.timeseries({ ...ALL, filter: null, groupBy: 'service', buckets: 1440, percentiles: false }),
    ],
    [
      'rate, errors, percentiles per service, 24 h',
      null,
      () => store.timeseries({ ...ALL, filter: null, groupBy: 'service' }),
    ],
    [
      'rate, errors, percentiles per service, 1 h',
      null,
      () => store.timeseries({ ...HOUR, filter: null, groupBy: 'service' }),
    ],
    ['services, 24 h', null, () => store.services(ALL)],
    ['operations, 24 h', null, () => store.operations(ALL)],
    ['heatmap, 24 h', null, () => store.heatmap({ ...ALL, filter: null })],
    ['heatmap with a filter, 1 h', null, () => store.heatmap({ ...HOUR, filter: route })],
    ['traces: slowest 20, 24 h', null, () => store.listTraces({ ...ALL, ...slowest })],
    ['attribute keys', null, () => store.attributeKeys(ALL)],
    ['values of a promoted attribute', null, () => store.attributeValues({ ...ALL, key: 'http.route' })],
    ['values of an attribute in a map', null, () => store.attributeValues({ ...ALL, key: 'user.plan' })],
    [
      'facets of 4 keys, 1 h',
      null,
      () => store.facets({ ...HOUR, filter: null, keys: ['service', 'name', 'http.route', 'user.plan'] }),
    ],
    ['dependencies, 1 h', null, () => store.dependencies(HOUR)],
    ['dependencies, 24 h', null, () => store.dependencies(ALL)],
    [
      'comparison, 1 h',
      null,
      () =>
        store.compare({ ...HOUR, filter: service, selection: { ...HOUR, minDurationNanos: 100_000_000n } }),
    ],
  ];
}

async function measured(
  url: string,
  run: () => Promise<unknown>,
): Promise<{ wallMs: number; cpuMs: number }> {
  for (let round = 0; round < 2; round++) await run();
  const times: number[] = [];
  const cpuBefore = await engineCpuMs(url);
  for (let round = 0; round < Number(options.runs); round++) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  const cpuMs = ((await engineCpuMs(url)) - cpuBefore) / times.length;
  times.sort((a, b) => a - b);
  return { wallMs: times[Math.floor(times.length / 2)] as number, cpuMs };
}

async function measure(url: string): Promise<void> {
  await using store = await TraceStore.open({ url, limits: { timeoutMs: 60_000 } });
  const loaded = await loadOnce(store, Number(options.spans));
  if (loaded.seconds > 0) await merge(url);
  for (const line of await spanBytes(store)) console.log(line);
  for (const [name, target, run] of queries(store, loaded)) {
    if (!name.includes(options.only)) continue;
    const { wallMs, cpuMs } = await measured(url, run);
    const figures = `${wallMs.toFixed(1).padStart(8)} ms ${cpuMs.toFixed(1).padStart(8)} CPU`;
    console.log(`${figures}  ${name}${target === null ? '' : ` (target ${target})`}`);
  }
}

const dataDir = options['data-dir'];
const limits = { maxMemoryBytes: 2_000_000_000, maxQuerySeconds: 600 };
await using engine =
  dataDir === undefined
    ? await startTemporaryEngine(limits)
    : await EmbeddedClickHouse.start({ dataDir, ...limits });
await measure(engine.url);
