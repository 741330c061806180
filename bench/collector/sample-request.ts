/** Writes protobuf: enough of it for sample requests, apart from the code under measurement. */
class Writer {
  #buffer = Buffer.alloc(256);
  #at = 0;

  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#at));
  }

  varint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.#byte((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    return this.#byte(rest);
  }

  #byte(value: number): this {
    this.#room(1);
    this.#buffer[this.#at++] = value;
    return this;
  }

  raw(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2).varint(value.length);
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  text(field: number, value: string): this {
    return this.raw(field, Buffer.from(value));
  }

  int(field: number, value: number): this {
    return this.varint(field * 8).varint(value);
  }

  fixed64(field: number, value: bigint): this {
    this.varint(field * 8 + 1);
    this.#room(8);
    this.#buffer.writeBigUInt64LE(value, this.#at);
    this.#at += 8;
    return this;
  }

  double(field: number, value: number): this {
    this.varint(field * 8 + 1);
    this.#room(8);
    this.#buffer.writeDoubleLE(value, this.#at);
    this.#at += 8;
    return this;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(this.#buffer.length + bytes)]);
  }
}

const writer = () => new Writer();

function attribute(key: string, value: string | number): Buffer {
  const any = writer();
  if (typeof value === 'string') any.text(1, value);
  else if (Number.isInteger(value)) any.int(3, value);
  else any.double(4, value);
  return writer().text(1, key).raw(2, any.bytes()).bytes();
}

const SERVICES = [
  'web-api',
  'feature-engine',
  'insight-generator',
  'checkout',
  'cart',
  'payments',
  'search',
  'auth',
];
const ROUTES = [
  '/api/v1/insights',
  '/api/v1/blocks/:id',
  '/cart',
  '/checkout',
  '/search',
  '/login',
  '/users/:id',
];
const SPANS_PER_TRACE = 8;

/** Where a span's ids and times lie, so that a sender can make every copy of a request a new one. */
export interface SpanPlace {
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  readonly parentSpanIdAt: number;
  readonly startAt: number;
  readonly endAt: number;
}

export interface SampleRequest {
  readonly bytes: Buffer;
  readonly places: readonly SpanPlace[];
}

/**
 * One request of spans with 11 attributes and 8 resource attributes each, 8 spans to a trace. Of the values,
 * 2,000 client addresses, 50 agents, 100,000 users; full URLs and correlation ids are new for each span.
 */
export function sampleRequest(spanCount: number, seed = 1): SampleRequest {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const service = pick(SERVICES);
  const scopeSpans = writer().raw(
    1,
    writer().text(1, '@opentelemetry/instrumentation-http').text(2, '0.57.0').bytes(),
  );
  for (let index = 0; index < spanCount; index++) scopeSpans.raw(2, sampleSpan(index, random, pick));
  const request = writer().raw(
    1,
    writer().raw(1, sampleResource(service)).raw(2, scopeSpans.bytes()).bytes(),
  );
  const bytes = request.bytes();
  return { bytes, places: placesIn(bytes, spanCount) };
}

function sampleResource(service: string): Buffer {
  const resource = writer();
  for (const [key, value] of [
    ['service.name', service],
    ['service.version', '2.14.3'],
    ['service.instance.id', `${service}-7d9f8b6c5d-x2x4z`],
    ['deployment.environment.name', 'production'],
    ['k8s.pod.name', `${service}-7d9f8b6c5d-x2x4z`],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.name', 'opentelemetry'],
    ['telemetry.sdk.version', '2.1.0'],
  ] as const) {
    resource.raw(1, attribute(key, value));
  }
  return resource.bytes();
}

function sampleSpan(index: number, random: () => number, pick: <T>(list: readonly T[]) => T): Buffer {
  const route = pick(ROUTES);
  const status = random() < 0.03 ? 500 : 200;
  const span = writer().raw(1, MARK_TRACE).raw(2, MARK_SPAN);
  if (index % SPANS_PER_TRACE !== 0) span.raw(4, MARK_PARENT);
  span
    .text(5, `GET ${route}`)
    .int(6, 1 + (index % 5))
    .fixed64(7, MARK_START)
    .fixed64(8, MARK_END);
  for (const [key, value] of [
    ['http.request.method', 'GET'],
    ['url.full', `https://api.utxoiq.example${route}?page=${Math.floor(random() * 1e6)}`],
    ['url.path', route],
    ['http.route', route],
    ['user_agent.original', `Mozilla/5.0 (X11; Linux x86_64) agent/${Math.floor(random() * 50)}`],
    ['client.address', `10.0.${Math.floor(random() * 8)}.${Math.floor(random() * 250)}`],
    ['http.response.status_code', status],
    ['correlation_id', `c-${Math.floor(random() * 1e12).toString(36)}`],
    ['server.port', 8080],
    ['user.id', `user-${Math.floor(random() * 100_000)}`],
    ['queue.wait_ms', random() * 20],
  ] as const) {
    span.raw(9, attribute(key, value));
  }
  if (status === 500) span.raw(15, writer().text(2, 'upstream timed out').int(3, 2).bytes());
  return span.bytes();
}

const MARK_TRACE = Buffer.from('f1'.repeat(16), 'hex');
const MARK_SPAN = Buffer.from('f2'.repeat(8), 'hex');
const MARK_PARENT = Buffer.from('f3'.repeat(8), 'hex');
const MARK_START = 0x17f4f4f4f4f4f4f4n;
const MARK_END = 0x17f5f5f5f5f5f5f5n;

function placesIn(bytes: Buffer, spanCount: number): SpanPlace[] {
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(MARK_START);
  const end = Buffer.alloc(8);
  end.writeBigUInt64LE(MARK_END);
  let from = 0;
  return Array.from({ length: spanCount }, (_, index) => {
    const traceIdAt = bytes.indexOf(MARK_TRACE, from);
    const spanIdAt = bytes.indexOf(MARK_SPAN, traceIdAt);
    const parentSpanIdAt = index % SPANS_PER_TRACE === 0 ? -1 : bytes.indexOf(MARK_PARENT, spanIdAt);
    const startAt = bytes.indexOf(start, spanIdAt);
    const endAt = bytes.indexOf(end, startAt);
    from = endAt;
    return { traceIdAt, spanIdAt, parentSpanIdAt, startAt, endAt };
  });
}

/** Gives a request's spans new ids and times: `sequence` counts the spans sent by this sender so far. */
export function renew(request: SampleRequest, sender: number, sequence: number, startUnixNano: bigint): void {
  const { bytes, places } = request;
  const low = Number(startUnixNano & 0xffffffffn);
  const high = Number(startUnixNano >> 32n);
  places.forEach((place, index) => {
    const span = sequence + index;
    const trace = Math.floor(index / SPANS_PER_TRACE) * SPANS_PER_TRACE + sequence;
    bytes.writeUInt32BE((Math.imul(trace + 1, 0x9e3779b1) ^ sender) >>> 0, place.traceIdAt);
    bytes.writeUInt32BE(trace >>> 0, place.traceIdAt + 4);
    bytes.writeUInt32BE(Math.imul(trace, 0x85ebca77) >>> 0, place.traceIdAt + 8);
    bytes.writeUInt32BE(sender, place.traceIdAt + 12);
    bytes.writeUInt32BE(sender, place.spanIdAt);
    bytes.writeUInt32BE(span + 1, place.spanIdAt + 4);
    if (place.parentSpanIdAt >= 0) {
      bytes.writeUInt32BE(sender, place.parentSpanIdAt);
      bytes.writeUInt32BE(trace + 1, place.parentSpanIdAt + 4);
    }
    writeTime(bytes, place.startAt, low + index * 1_000, high);
    writeTime(bytes, place.endAt, low + index * 1_000 + 2_500_000 + ((span * 7919) % 40_000_000), high);
  });
}

function writeTime(bytes: Buffer, at: number, low: number, high: number): void {
  const carry = low > 0xffffffff ? 1 : 0;
  bytes.writeUInt32LE(low >>> 0, at);
  bytes.writeUInt32LE(high + carry, at + 4);
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
