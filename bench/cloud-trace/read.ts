// Reading through Cloud Trace's v1 API over HTTP: node bench/cloud-trace/read.ts [--spans 10000000]
// With --data-dir the spans are kept, and read again by the next run and by bench/store/queries.ts.
// Medians, warm, of ListTraces (100 traces, three-term filter) and GetTrace.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { TraceStore } from '@utxoiq/store';
import Fastify from 'fastify';
import { CloudTraceAccess } from '../../services/web-api/src/cloud-trace/access.ts';
import { cloudTraceRoutes } from '../../services/web-api/src/cloud-trace/cloud-trace-routes.ts';
import { CloudTraceService } from '../../services/web-api/src/cloud-trace/cloud-trace-service.ts';
import { byTurns, DAY_MS, END_MS, loadOnce } from '../store/load.ts';

const { values } = parseArgs({
  options: { spans: { type: 'string', default: '10000000' }, 'data-dir': { type: 'string' } },
});
const kept = values['data-dir'];
const directory = kept ?? mkdtempSync(join(tmpdir(), 'utxoiq-cloud-trace-'));
const engine = await EmbeddedClickHouse.start({ dataDir: directory });
const store = await TraceStore.open({ url: engine.url });
const now = END_MS;
const loaded = await loadOnce(store, Number(values.spans));

const reader = { roles: ['viewer'] as const, projects: 'all' as const, subject: 'bench', expiresAt: 0 };
const service = new CloudTraceService({
  reader: store,
  ingest: async () => ({ status: 'accepted' }),
  access: new CloudTraceAccess({ ingestOpen: true, verifier: { verify: async () => reader } }),
  profile: 'backend',
  strictHttpNames: false,
  quota: null,
});
const app = Fastify();
await app.register(cloudTraceRoutes, { service });
const url = await app.listen({ port: 0, host: '127.0.0.1' });

const [project = ''] = await store.projects();
const base = `${url}/v1/projects/${project}/traces`;
const hour = `startTime=${new Date(now - 3_600_000).toISOString()}&endTime=${new Date(now).toISOString()}`;
const day = `startTime=${new Date(now - DAY_MS).toISOString()}&endTime=${new Date(now).toISOString()}`;
const filter = encodeURIComponent('root:GET latency:50ms method:GET');
const traceId = byTurns(loaded.traceIds);
const correlationId = byTurns(loaded.correlationIds);
const rare = () => encodeURIComponent(`+correlation_id:${correlationId()} latency:1ms method:GET`);

async function ask(path: string): Promise<string> {
  const response = await fetch(`${base}${path}`, { headers: { authorization: 'Bearer x' } });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function measure(name: string, path: () => string): Promise<void> {
  const text = await ask(path());
  for (let round = 0; round < 4; round++) await ask(path());
  const times: number[] = [];
  for (let round = 0; round < 21; round++) {
    const start = performance.now();
    await ask(path());
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const json = JSON.parse(text);
  const size =
    json.traces === undefined ? `${json.spans?.length ?? 0} spans` : `${json.traces.length} traces`;
  const [p50 = 0, p95 = 0] = [times[10], times[19]];
  console.log(
    `${name.padEnd(58)} p50 ${p50.toFixed(1).padStart(6)} ms  p95 ${p95.toFixed(1).padStart(6)} ms  ${size}`,
  );
}

await measure('GetTrace', () => `/${traceId()}`);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, last hour',
  () => `?view=ROOTSPAN&pageSize=100&${hour}&filter=${filter}`,
);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, 24 h',
  () => `?view=ROOTSPAN&pageSize=100&${day}&filter=${filter}`,
);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, no times',
  () => `?view=ROOTSPAN&pageSize=100&filter=${filter}`,
);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, one rare, 24 h',
  () => `?view=ROOTSPAN&pageSize=100&${day}&filter=${rare()}`,
);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, by duration, 24 h',
  () => `?view=ROOTSPAN&pageSize=100&${day}&filter=${filter}&orderBy=duration%20desc`,
);
await measure(
  'ListTraces ROOTSPAN 100, 3 terms, by start, 24 h',
  () => `?view=ROOTSPAN&pageSize=100&${day}&filter=${filter}&orderBy=start%20desc`,
);
await measure('ListTraces MINIMAL 100, no filter', () => '?pageSize=100');
await measure(
  'ListTraces COMPLETE 100, 3 terms, last hour',
  () => `?view=COMPLETE&pageSize=100&${hour}&filter=${filter}`,
);

await app.close();
await store.close();
await engine.stop();
if (kept === undefined) rmSync(directory, { recursive: true, force: true });
