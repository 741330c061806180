import type { IncomingHttpHeaders } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import { LastBytes } from '../encode/last-bytes.ts';
import { type ProtoWriter, varintLength } from '../encode/proto-writer.ts';
import { ATTRIBUTES } from '../encode/span-encoder.ts';
import { RecordingSpan, type SpanBirth } from '../tracer/span.ts';
import type { SpanPipeline } from '../tracer/span-pipeline.ts';
import { redactUrl } from './http-attributes.ts';
import type { RouteTemplate } from './route-template.ts';

/** What a request tells of itself: Node's `IncomingMessage`, or the same of another kind of request. */
export interface RequestFacts {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
}

/** Who sent it. Asking costs a system call on a new connection, so only spans that are recorded ask. */
export interface Client {
  /** A framework's answer, which knows of trusted proxies. */
  readonly ip?: string | undefined;
  /** A socket's. */
  readonly remoteAddress?: string | undefined;
  /** `https` where a trusted proxy says that it was asked so: a framework's answer. */
  readonly protocol?: string | undefined;
}

/**
 * The span of an incoming request. Its attributes stay the request's own strings until they are written, the
 * route's are bytes already. Whoever reads or changes one of them turns them into ordinary pairs.
 */
export class HttpServerSpan extends RecordingSpan {
  private template: RouteTemplate | null;
  private readonly url: string;
  private readonly host: string;
  private readonly userAgent: string;
  private clientAddress: string;
  private readonly httpVersion: string;
  /** The response's; 0 until it is known. */
  private responseStatus = 0;

  constructor(
    pipeline: SpanPipeline,
    birth: SpanBirth,
    template: RouteTemplate,
    facts: RequestFacts,
    client: Client,
  ) {
    super(pipeline, birth, template.spanName, SpanKind.SERVER);
    const { headers } = facts;
    this.template = template;
    this.url = facts.url ?? '/';
    this.host = headers.host ?? 'localhost';
    this.userAgent = headers['user-agent'] ?? '';
    this.clientAddress = client.ip ?? client.remoteAddress ?? '';
    this.httpVersion = facts.httpVersion;
    if (pipeline.limitsAreTight) this.materialise();
  }

  setCorrelationId(id: string): void {
    this.correlationId = id;
    if (this.template === null) this.put('correlation_id', id);
  }

  /** A later, better name of the route than the one it began with. */
  setRoute(template: RouteTemplate): void {
    if (this.ended) return;
    if (this.template === null) {
      if (template.route !== undefined) this.put('http.route', template.route);
    } else {
      if (this.name === this.template.spanName) this.name = template.spanName;
      this.template = template;
      return;
    }
    this.name = template.spanName;
  }

  setClientAddress(address: string): void {
    if (this.ended) return;
    if (this.template === null) this.put('client.address', address);
    else this.clientAddress = address;
  }

  setResponseStatus(status: number): void {
    if (this.template === null) this.put('http.response.status_code', status);
    else this.responseStatus = status;
  }

  override setAttribute(key: string, value: unknown): this {
    if (this.template !== null && OWN_KEYS.has(key)) this.materialise();
    return super.setAttribute(key, value);
  }

  override readPairs(): readonly unknown[] {
    this.materialise();
    return this.pairs;
  }

  override writeOwnAttributes(out: ProtoWriter): void {
    const { template } = this;
    if (template === null) return;
    out.raw(template.bytes);
    const { url, host, userAgent, clientAddress, httpVersion } = this;
    template.lastUrl.write(out, url, host, '', () => this.writeUrl(out, template.scheme));
    lastClient.write(out, userAgent, clientAddress, httpVersion, () => this.writeClient(out));
    writeText(out, KEYS.correlationId, this.correlationId, '', '');
    if (this.responseStatus > 0) writeStatus(out, this.responseStatus);
  }

  private writeUrl(out: ProtoWriter, scheme: RouteTemplate['scheme']): void {
    const url = redactUrl(this.url);
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    writeText(out, KEYS.urlFull, scheme === 'http' ? 'http://' : 'https://', this.host, url);
    writeText(out, KEYS.urlPath, path, '', '');
    if (query >= 0) writeText(out, KEYS.urlQuery, url.slice(query + 1), '', '');
  }

  private writeClient(out: ProtoWriter): void {
    if (this.userAgent !== '') writeText(out, KEYS.userAgent, this.userAgent, '', '');
    if (this.clientAddress !== '') writeText(out, KEYS.clientAddress, this.clientAddress, '', '');
    writeText(out, KEYS.protocolVersion, this.httpVersion, '', '');
  }

  private materialise(): void {
    const { template } = this;
    if (template === null) return;
    this.template = null;
    const added = this.pairs;
    this.pairs = [];
    const url = redactUrl(this.url);
    const query = url.indexOf('?');
    for (const [key, value] of template.pairs) this.put(key, value);
    this.put('url.full', `${template.scheme}://${this.host}${url}`);
    this.put('url.path', query < 0 ? url : url.slice(0, query));
    if (query >= 0) this.put('url.query', url.slice(query + 1));
    if (this.userAgent !== '') this.put('user_agent.original', this.userAgent);
    if (this.clientAddress !== '') this.put('client.address', this.clientAddress);
    this.put('network.protocol.version', this.httpVersion);
    if (this.correlationId !== '') this.put('correlation_id', this.correlationId);
    if (this.responseStatus > 0) this.put('http.response.status_code', this.responseStatus);
    for (let i = 0; i < added.length; i += 2) this.put(added[i] as string, added[i + 1]);
  }
}

/** Services have few clients: the one of the last request often sends the next as well. */
const lastClient = new LastBytes();

const OWN_KEYS: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.request.method_original',
  'http.route',
  'http.response.status_code',
  'url.scheme',
  'url.full',
  'url.path',
  'url.query',
  'user_agent.original',
  'client.address',
  'network.protocol.version',
  'correlation_id',
]);

/** Keys as they stand in a `KeyValue`: tag, length, text. */
function keyBytes(key: string): Uint8Array {
  return Uint8Array.from([0x0a, key.length, ...Buffer.from(key)]);
}

const KEYS = {
  urlFull: keyBytes('url.full'),
  urlPath: keyBytes('url.path'),
  urlQuery: keyBytes('url.query'),
  userAgent: keyBytes('user_agent.original'),
  clientAddress: keyBytes('client.address'),
  protocolVersion: keyBytes('network.protocol.version'),
  correlationId: keyBytes('correlation_id'),
  status: keyBytes('http.response.status_code'),
} as const;

/** A string attribute in up to three parts, which are not joined first; lengths are known beforehand. */
function writeText(out: ProtoWriter, key: Uint8Array, a: string, b: string, c: string): void {
  const start = out.position;
  const length = a.length + b.length + c.length;
  const value = 1 + varintLength(length) + length;
  out.reserve(length + key.length);
  out.byte(ATTRIBUTES);
  out.varint(key.length + 1 + varintLength(value) + value);
  out.raw(key);
  out.byte(0x12);
  out.varint(value);
  out.byte(0x0a);
  out.varint(length);
  if (out.ascii(a) && out.ascii(b) && out.ascii(c)) return;
  out.position = start;
  writeWideText(out, key, a + b + c);
}

function writeWideText(out: ProtoWriter, key: Uint8Array, text: string): void {
  out.byte(ATTRIBUTES);
  const pair = out.open();
  out.raw(key);
  out.byte(0x12);
  const value = out.open();
  out.byte(0x0a);
  out.string(text);
  out.close(value);
  out.close(pair);
}

function writeStatus(out: ProtoWriter, status: number): void {
  const value = 1 + varintLength(status);
  out.byte(ATTRIBUTES);
  out.varint(KEYS.status.length + 2 + value);
  out.raw(KEYS.status);
  out.byte(0x12);
  out.byte(value);
  out.byte(0x18);
  out.varint(status);
}
