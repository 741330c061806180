import type { AttributeValue, Resource, Scope } from '@utxoiq/model';
import { AttributeType, type SpanRow } from '@utxoiq/store';

/**
 * Seeded traces of a platform like utxoIQ's: 8 spans over 4 services, 11 to 12 attributes per span, ids random,
 * latencies log-normal, 2 % of traces failing, 1 % slow. The same seed makes the same spans.
 */
export interface GenerateOptions {
  readonly seed: number;
  readonly traces: number;
  /** The traces' starts are spread evenly over this range, in order. */
  readonly startUnixMs: number;
  readonly endUnixMs: number;
}

export const SPANS_PER_TRACE = 8;

const GATEWAYS = ['web-api', 'mobile-api', 'partner-api'] as const;
const WORKERS = ['feature-engine', 'insight-generator', 'mempool-watcher', 'alerting', 'pricing'] as const;
const ROUTES = [
  '/api/v1/insights',
  '/api/v1/insights/:id',
  '/api/v1/blocks/:height',
  '/api/v1/transactions/:txid',
  '/api/v1/addresses/:address',
  '/api/v1/fees',
  '/api/v1/alerts',
  '/api/v1/portfolio/:id',
] as const;
const TABLES = ['insights', 'features', 'blocks', 'transactions', 'alerts', 'users'] as const;
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1',
  'utxoiq-mobile/4.2.0 (iOS 20.1)',
  'utxoiq-mobile/4.1.3 (Android 17)',
  'node',
  'python-requests/2.34.0',
] as const;
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT'] as const;

/** A small, fast, seeded generator (sfc32): its 128 bits of state keep the numbers of different seeds apart. */
export function random(seed: number): () => number {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = 0xb7e15162 | 0;
  let counter = seed | 0;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
}

interface Shape {
  readonly parent: number;
  readonly tier: 'gateway' | 'worker';
  readonly what: 'server' | 'client' | 'db' | 'internal';
  /** When it starts and how long it takes, as shares of its parent. */
  readonly from: number;
  readonly share: number;
}
const SHAPES: readonly Shape[] = [
  { parent: -1, tier: 'gateway', what: 'server', from: 0, share: 1 },
  { parent: 0, tier: 'gateway', what: 'internal', from: 0.02, share: 0.1 },
  { parent: 0, tier: 'gateway', what: 'client', from: 0.15, share: 0.7 },
  { parent: 2, tier: 'worker', what: 'server', from: 0.05, share: 0.9 },
  { parent: 3, tier: 'worker', what: 'db', from: 0.05, share: 0.3 },
  { parent: 3, tier: 'worker', what: 'internal', from: 0.4, share: 0.4 },
  { parent: 5, tier: 'worker', what: 'db', from: 0.2, share: 0.5 },
  { parent: 0, tier: 'gateway', what: 'db', from: 0.88, share: 0.1 },
];

/** Calls `add` for every span; the row is the same object each time. */
export function generateSpans(options: GenerateOptions, add: (row: SpanRow) => void): void {
  const generator = new TraceGenerator(options);
  for (let index = 0; index < options.traces; index++) generator.trace(index, add);
}

export class TraceGenerator {
  readonly #options: GenerateOptions;
  readonly #next: () => number;
  readonly #resources = new Map<string, readonly Resource[]>();
  readonly #scopes = ['http', 'undici', 'pg', 'app'].map(scopeOf);
  readonly #row = emptyRow();
  readonly #starts = new Float64Array(SPANS_PER_TRACE);
  readonly #durations = new Float64Array(SPANS_PER_TRACE);
  #count = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.#next = random(options.seed);
    for (const name of [...GATEWAYS, ...WORKERS])
      this.#resources.set(
        name,
        [0, 1, 2].map((n) => resourceOf(name, n)),
      );
  }

  trace(index: number, add: (row: SpanRow) => void): void {
    const next = this.#next;
    const { startUnixMs, endUnixMs, traces } = this.#options;
    const startMs = startUnixMs + ((endUnixMs - startUnixMs) * (index + next())) / traces;
    const gateway = this.#pick(GATEWAYS);
    const worker = this.#pick(WORKERS);
    const route = this.#pick(ROUTES);
    const context = {
      method: this.#pick(METHODS),
      route,
      path: route.replace(/:\w+/, () => Math.floor(next() * 1e6).toString()),
      table: this.#pick(TABLES),
      user: `user-${Math.floor(next() ** 3 * 100_000)}`,
      correlationId: this.#hex(32),
      agent: this.#pick(AGENTS),
      client: `10.${Math.floor(next() * 4)}.${Math.floor(next() * 256)}.${Math.floor(next() * 256)}`,
      failed: next() < 0.02,
      height: 870_000 + Math.floor(next() * 200),
      gateway,
      worker,
    };
    const slow = next() < 0.01 ? 20 : 1;
    const instance = Math.floor(next() * 3);
    const row = this.#row;
    for (let at = 0; at < 16 + 8 * SPANS_PER_TRACE; at++) row.bytes[at] = next() * 256;
    this.#times(startMs % 1000, slow);
    const startSeconds = BigInt(Math.floor(startMs / 1000)) * 1_000_000_000n;
    for (let index = 0; index < SPANS_PER_TRACE; index++) {
      const shape = SHAPES[index] as Shape;
      const service = shape.tier === 'gateway' ? gateway : worker;
      const start = startSeconds + BigInt(Math.floor(this.#starts[index] as number));
      setTimes(row, start, start + BigInt(Math.floor(this.#durations[index] as number)));
      row.spanIdAt = 16 + 8 * index;
      row.parentSpanIdAt = shape.parent < 0 ? -1 : 16 + 8 * shape.parent;
      row.resource = (this.#resources.get(service) as readonly Resource[])[instance] as Resource;
      row.scope = this.#scopes[['server', 'client', 'db', 'internal'].indexOf(shape.what)] as Scope;
      this.#describe(shape.what, index, context);
      add(row);
    }
  }

  /** Nanoseconds after the start second, with noise, so that the digits are as random as a clock's. */
  #times(startMs: number, slow: number): void {
    const next = this.#next;
    const root = 40e6 * slow * Math.exp((next() + next() + next() - 1.5) * 1.2);
    for (let index = 0; index < SPANS_PER_TRACE; index++) {
      const { parent, from, share } = SHAPES[index] as Shape;
      const outer = parent < 0 ? root : (this.#durations[parent] as number);
      const outerStart = parent < 0 ? startMs * 1e6 : (this.#starts[parent] as number);
      this.#starts[index] = outerStart + outer * from * (0.5 + 0.5 * next());
      this.#durations[index] = outer * share * (0.7 + 0.3 * next());
    }
  }

  #describe(what: Shape['what'], index: number, context: Context): void {
    const row = this.#row;
    const failed = context.failed && (index === 0 || index === 2 || index === 3);
    row.statusCode = failed ? 2 : 0;
    row.statusMessage = failed ? 'upstream answered 503' : '';
    this.#count = 0;
    if (what === 'server') this.#server(context, index === 0, failed);
    else if (what === 'client') this.#client(context, failed);
    else if (what === 'db') this.#database(context, index);
    else this.#internal(context, index);
    row.attributeCount = this.#count;
  }

  #server(context: Context, atGateway: boolean, failed: boolean): void {
    const path = atGateway ? context.path : `/internal/v1/${context.table}`;
    const host = atGateway ? 'api.utxoiq.com' : `${context.worker}.internal`;
    const row = this.#row;
    row.name = `${context.method} ${atGateway ? context.route : path}`;
    row.kind = 2;
    this.#set('http.request.method', AttributeType.string, context.method);
    this.#set('url.path', AttributeType.string, path);
    this.#set('url.full', AttributeType.string, `https://${host}${path}`);
    this.#set('url.scheme', AttributeType.string, 'https');
    this.#set('http.route', AttributeType.string, atGateway ? context.route : path);
    this.#set('http.response.status_code', AttributeType.int, failed ? 503n : 200n);
    this.#set('user_agent.original', AttributeType.string, atGateway ? context.agent : 'node');
    this.#set('client.address', AttributeType.string, atGateway ? context.client : '10.0.0.7');
    this.#set('server.address', AttributeType.string, host);
    this.#set('server.port', AttributeType.int, 443n);
    this.#set('network.protocol.version', AttributeType.string, '1.1');
    this.#set('correlation_id', AttributeType.string, context.correlationId);
    if (atGateway) this.#set('user.id', AttributeType.string, context.user);
    this.#set('thread.id', AttributeType.int, 1n);
  }

  #client(context: Context, failed: boolean): void {
    const row = this.#row;
    row.name = context.method;
    row.kind = 3;
    this.#set('http.request.method', AttributeType.string, context.method);
    this.#set(
      'url.full',
      AttributeType.string,
      `http://${context.worker}.internal:8080/internal/v1/${context.table}`,
    );
    this.#set('url.scheme', AttributeType.string, 'http');
    this.#set('server.address', AttributeType.string, `${context.worker}.internal`);
    this.#set('server.port', AttributeType.int, 8080n);
    this.#set('http.response.status_code', AttributeType.int, failed ? 503n : 200n);
    this.#set('network.protocol.version', AttributeType.string, '1.1');
    this.#set('network.peer.address', AttributeType.string, '10.0.0.12');
    this.#set('network.peer.port', AttributeType.int, 8080n);
    this.#set('retry.count', AttributeType.int, failed ? 2n : 0n);
    this.#set('circuit.open', AttributeType.bool, false);
    this.#set('thread.id', AttributeType.int, 1n);
  }

  #database(context: Context, index: number): void {
    const row = this.#row;
    const operation = index === 7 ? 'INSERT' : 'SELECT';
    const table = index === 7 ? 'audit' : context.table;
    row.name = `${operation} ${table}`;
    row.kind = 3;
    this.#set('db.system.name', AttributeType.string, 'postgresql');
    this.#set('db.namespace', AttributeType.string, 'utxoiq');
    this.#set('db.operation.name', AttributeType.string, operation);
    this.#set('db.collection.name', AttributeType.string, table);
    this.#set(
      'db.query.text',
      AttributeType.string,
      operation === 'SELECT'
        ? `SELECT id, body, score FROM ${table} WHERE user_id = $1 AND height >= $2 ORDER BY score DESC LIMIT 50`
        : `INSERT INTO ${table} (user_id, action, at) VALUES ($1, $2, now())`,
    );
    this.#set('server.address', AttributeType.string, 'postgres.internal');
    this.#set('server.port', AttributeType.int, 5432n);
    this.#set('db.response.returned_rows', AttributeType.int, BigInt(Math.floor(this.#next() * 50)));
    this.#set('db.pool.waiting', AttributeType.int, 0n);
    this.#set('db.prepared', AttributeType.bool, true);
    this.#set('thread.id', AttributeType.int, 1n);
  }

  #internal(context: Context, index: number): void {
    const row = this.#row;
    row.name = index === 1 ? 'authenticate' : `compute ${context.table}`;
    row.kind = 1;
    this.#set('code.function.name', AttributeType.string, row.name);
    this.#set('code.file.path', AttributeType.string, `/app/src/${context.table}.ts`);
    this.#set('code.line.number', AttributeType.int, 120n);
    this.#set('user.id', AttributeType.string, context.user);
    this.#set('user.plan', AttributeType.string, context.user.endsWith('7') ? 'enterprise' : 'free');
    this.#set('block.height', AttributeType.int, BigInt(context.height));
    this.#set('cache.hit', AttributeType.bool, this.#next() < 0.8);
    this.#set('insight.score', AttributeType.double, Math.round(this.#next() * 1000) / 1000);
    this.#set('insight.kind', AttributeType.string, context.table);
    this.#set('feature.flags', AttributeType.string, 'fees-v2,whales');
    this.#set('thread.id', AttributeType.int, 1n);
  }

  #set(key: string, type: AttributeType, value: AttributeValue): void {
    const row = this.#row;
    row.attributeKeys[this.#count] = key;
    row.attributeTypes[this.#count] = type;
    row.attributeValues[this.#count] = value;
    this.#count++;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#next() * items.length)] as Item;
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.#next() * 65_536)
        .toString(16)
        .padStart(4, '0');
    return text;
  }
}

interface Context {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly table: string;
  readonly user: string;
  readonly correlationId: string;
  readonly agent: string;
  readonly client: string;
  readonly failed: boolean;
  readonly height: number;
  readonly gateway: string;
  readonly worker: string;
}

function setTimes(row: SpanRow, start: bigint, end: bigint): void {
  row.startLow = Number(start & 0xffff_ffffn);
  row.startHigh = Number(start >> 32n);
  row.endLow = Number(end & 0xffff_ffffn);
  row.endHigh = Number(end >> 32n);
}

function resourceOf(service: string, instance: number): Resource {
  const attributes = new Map<string, AttributeValue>([
    ['service.name', service],
    ['service.version', '2.7.1'],
    ['service.instance.id', `${service}-7d4b9c-${instance}`],
    ['deployment.environment.name', 'production'],
    ['cloud.provider', 'gcp'],
    ['cloud.region', 'europe-west1'],
    ['telemetry.sdk.language', 'nodejs'],
    ['process.pid', BigInt(17 + instance)],
  ]);
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

function scopeOf(name: string): Scope {
  return {
    name: `@utxoiq/${name}`,
    version: '1.0.0',
    attributes: new Map(),
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
}

function emptyRow(): SpanRow {
  return {
    bytes: new Uint8Array(16 + 8 * SPANS_PER_TRACE),
    traceIdAt: 0,
    spanIdAt: 16,
    parentSpanIdAt: -1,
    startLow: 0,
    startHigh: 0,
    endLow: 0,
    endHigh: 0,
    name: '',
    kind: 0,
    statusCode: 0,
    statusMessage: '',
    traceState: '',
    flags: 1,
    resource: resourceOf('', 0),
    scope: scopeOf(''),
    projectId: 'utxoiq-local',
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    attributeCount: 0,
    attributeKeys: [],
    attributeTypes: [],
    attributeValues: [],
    events: [],
    links: [],
  };
}
