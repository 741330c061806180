import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeOutline, type TraceOutline } from '@utxoiq/model';
import type { Plugin } from 'vite';

/**
 * A stand-in for the platform while one works on how things look: `VIEWER_STAND_IN=1 npm run dev`. It makes
 * up traffic and ignores filters; it is no part of the product and no test runs on it.
 */
interface Made {
  readonly id: string;
  readonly start: number;
  readonly duration: number;
  readonly operation: string;
  readonly errors: number;
  readonly spans: number;
}
let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
const hex = (digits: number) =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const services = [
  'frontend',
  'checkout',
  'cart',
  'payment',
  'shipping',
  'currency',
  'product-catalog',
  'insight-generator',
];
const operations = [
  'GET /',
  'GET /api/cart',
  'POST /api/checkout',
  'GET /api/products/{id}',
  'GET /api/recommendations',
];
const base = Date.now();
const traces: Made[] = Array.from({ length: 4000 }, () => {
  const operation = operations[Math.floor(random() ** 2 * operations.length)] ?? 'GET /';
  const slow = operation === 'POST /api/checkout' && random() < 0.3;
  const duration = Math.exp(1.5 + random() * 2 + (slow ? 3.2 : 0) + (operation.startsWith('POST') ? 1.2 : 0));
  return {
    id: hex(32),
    start: base - random() * 3600e3,
    duration,
    operation,
    errors: random() < 0.04 ? 1 + Math.floor(random() * 3) : 0,
    spans: 3 + Math.floor(random() ** 3 * 120),
  };
}).sort((a, b) => b.start - a.start);

const iso = (ms: number) => new Date(ms).toISOString();
const quantile = (sorted: number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
function red(of: readonly Made[]) {
  const sorted = of.map((one) => one.duration).sort((a, b) => a - b);
  return {
    count: of.length,
    errors: of.filter((one) => one.errors > 0).length,
    p50_ms: quantile(sorted, 0.5),
    p95_ms: quantile(sorted, 0.95),
    p99_ms: quantile(sorted, 0.99),
  };
}
function item(one: Made) {
  return {
    trace_id: one.id,
    project_id: 'utxoiq-local',
    span_count: one.spans,
    error_count: one.errors,
    start_time: iso(one.start),
    end_time: iso(one.start + one.duration),
    duration_ms: one.duration,
    root: {
      span_id: one.id.slice(0, 16),
      name: one.operation,
      service: 'frontend',
      start_time: iso(one.start),
      end_time: iso(one.start + one.duration),
      duration_ms: one.duration,
    },
    services: services
      .slice(0, 1 + (one.spans % 6))
      .map((name, index) => ({ name, span_count: 1 + ((one.spans * (index + 3)) % 17) })),
  };
}

function madeSpan(spanId: string) {
  return {
    span_id: spanId,
    name: 'POST /api/checkout',
    start_time: iso(base),
    end_time: iso(base + 120),
    parent_span_id: null,
    kind: 'server',
    status: { code: 2, message: 'payment declined' },
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/checkout',
      'http.response.status_code': 500,
      'url.full': 'https://shop.example/api/checkout?id=7',
      body: 'x'.repeat(1_000_000),
    },
    events: [
      {
        name: 'exception',
        time: iso(base + 60),
        attributes: {
          'exception.type': 'PaymentError',
          'exception.message': 'card declined',
          'exception.stacktrace':
            'PaymentError: card declined\n    at charge (payment.ts:12)\n    at checkout (checkout.ts:90)',
        },
      },
    ],
    links: [{ trace_id: hex(32), span_id: hex(16) }],
    resource: { attributes: { 'service.name': 'checkout', 'service.version': '2.1.3' } },
    scope: { name: '@utxoiq/tracing', version: '0.1.0' },
  };
}

function answer(path: string, query: URLSearchParams): unknown {
  const start = Date.parse(query.get('start_time') ?? '');
  const end = Date.parse(query.get('end_time') ?? '');
  const within = traces.filter((one) => one.start >= start && one.start <= end);
  const buckets = Number(query.get('buckets') ?? query.get('time_buckets') ?? 60);
  const bucket = (end - start) / buckets;
  if (path === '/session') {
    return {
      subject: 'you@utxoiq.dev',
      roles: ['viewer'],
      projects: 'all',
      csrf_token: 'x',
      available_projects: ['utxoiq-local', 'utxoiq-prod'],
    };
  }
  if (path === '/session/config') return { oidc: null };
  if (path === '/monitoring/traces') {
    const ordered =
      query.get('order_by') === 'duration desc'
        ? [...within].sort((a, b) => b.duration - a.duration)
        : within;
    const from = Number(query.get('page_token') ?? 0);
    return {
      page: ordered.slice(from, from + 100).map(item),
      next: from + 100 < ordered.length ? from + 100 : null,
    };
  }
  if (path === '/monitoring/spans') {
    return {
      page: within.slice(0, 100).map((one) => ({
        ...item(one).root,
        trace_id: one.id,
        project_id: 'utxoiq-local',
        parent_span_id: null,
        kind: 'server',
        status: { code: one.errors > 0 ? 'error' : 'unset', message: '' },
      })),
      next: null,
    };
  }
  if (path === '/monitoring/timeseries') {
    const groups = query.get('group_by') === null ? [''] : services;
    return {
      bucket_ms: bucket,
      series: groups.map((key, group) => ({
        key,
        points: Array.from({ length: buckets }, (_, index) => ({
          start_time: iso(start + index * bucket),
          ...red(
            within.filter(
              (one, nth) =>
                (key === '' || nth % services.length >= group) &&
                Math.floor((one.start - start) / bucket) === index,
            ),
          ),
        })),
      })),
    };
  }
  if (path === '/monitoring/heatmap') {
    const edges = Array.from({ length: 41 }, (_, index) => 0.5 * 1.3 ** index);
    const cells = new Map<string, { x: number; y: number; count: number; errors: number }>();
    for (const one of within) {
      const x = Math.floor((one.start - start) / bucket);
      const y = edges.findLastIndex((edge) => edge <= one.duration);
      const cell = cells.get(`${x},${y}`) ?? { x, y, count: 0, errors: 0 };
      cell.count += 1;
      cell.errors += one.errors > 0 ? 1 : 0;
      cells.set(`${x},${y}`, cell);
    }
    return {
      start_time: iso(start),
      bucket_ms: bucket,
      duration_edges_ms: edges,
      cells: [...cells.values()],
    };
  }
  if (path === '/monitoring/facets') {
    return query.getAll('key').map((key) => ({
      key,
      values: (key === 'service' ? services : key === 'name' ? operations : ['ok', 'error']).map(
        (value, index) => ({ value, count: Math.round(within.length / (index + 1)) }),
      ),
    }));
  }
  if (path === '/monitoring/attributes')
    return ['http.request.method', 'http.route', 'url.path', 'http.response.status_code'].map((key) => ({
      key,
      on: 'span',
      type: 'string',
      count: 100,
    }));
  if (path === '/monitoring/attributes/values') return ['GET', 'POST'].map((value) => ({ value, count: 10 }));
  if (path === '/monitoring/services')
    return services.map((service, index) => ({
      service,
      ...red(within.filter((_, nth) => nth % (index + 1) === 0)),
    }));
  if (path === '/monitoring/operations')
    return operations.map((operation) => ({
      service: query.get('service'),
      operation,
      kind: 2,
      ...red(within.filter((one) => one.operation === operation)),
    }));
  if (path === '/monitoring/dependencies')
    return services.slice(1).map((child, index) => ({
      parent: services[Math.floor(index / 2)],
      child,
      ...red(within.filter((_, nth) => nth % (index + 2) === 0)),
    }));
  if (/traces\/[0-9a-f]{32}\/spans$/.test(path)) {
    return [madeSpan(query.get('span_id') ?? '')];
  }
  if (path === '/monitoring/compare') {
    return {
      selected_count: 128,
      baseline_count: 3872,
      differences: ['url.path=/api/checkout', 'service.version=2.1.3', 'cloud.region=europe-west1'].map(
        (text, index) => ({
          key: text.split('=')[0],
          value: text.split('=')[1],
          selected_share: 0.9 - index * 0.2,
          baseline_share: 0.08,
          score: 1 - index * 0.2,
        }),
      ),
    };
  }
  return null;
}

/** A trace of as many spans as its id begins with, in powers of ten: `6…` has a million. */
function madeOutline(traceId: string): TraceOutline {
  const known = traces.find((one) => one.id === traceId);
  const size = known?.spans ?? 10 ** Number(traceId[0]);
  const parentSpanIds = new BigUint64Array(size);
  const startNanos = new Float64Array(size);
  const durationNanos = new Float64Array(size);
  const total = (known?.duration ?? 30_000) * 1e6;
  durationNanos[0] = total;
  for (let row = 1; row < size; row += 1) {
    const parent = Math.max(0, row - 1 - Math.floor(random() ** 2 * Math.min(row, 40)));
    parentSpanIds[row] = BigInt(parent + 1);
    startNanos[row] = Math.max(startNanos[row - 1] ?? 0, (row / size) * total * 0.9);
    durationNanos[row] = Math.min(total - (startNanos[row] ?? 0), (random() ** 3 * total) / 4);
  }
  return {
    traceId,
    projectId: 'utxoiq-local',
    startUnixNano: BigInt(Math.floor(known?.start ?? base)) * 1_000_000n,
    size,
    spanIds: BigUint64Array.from({ length: size }, (_, row) => BigInt(row + 1)),
    parentSpanIds,
    startNanos,
    durationNanos,
    nameIndexes: Uint32Array.from({ length: size }, (_, row) => row % operations.length),
    names: operations,
    serviceIndexes: Uint32Array.from({ length: size }, (_, row) => (row >> 2) % services.length),
    services,
    flags: Uint8Array.from({ length: size }, () => (random() < 0.03 ? 16 : 0)),
  };
}

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api/v1')) {
    next();
    return;
  }
  const outlinePath = url.pathname.match(/traces\/([0-9a-f]{32})\/outline$/);
  if (outlinePath !== null) {
    response.end(encodeOutline(madeOutline(outlinePath[1] ?? '')));
    return;
  }
  const body = answer(url.pathname.slice('/api/v1'.length), url.searchParams);
  response.setHeader('content-type', 'application/json');
  if (body === null) {
    response.statusCode = 404;
    response.end('{"title":"Not found"}');
    return;
  }
  const paged = body as { page?: unknown; next?: number | null };
  if (paged.next != null)
    response.setHeader('link', `<${url.pathname}?page_token=${paged.next}>; rel="next"`);
  response.end(JSON.stringify(paged.page ?? body));
}

export function standIn(): Plugin {
  return { name: 'stand-in', configureServer: (server) => void server.middlewares.use(serve) };
}
