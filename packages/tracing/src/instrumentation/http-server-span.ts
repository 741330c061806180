import type { IncomingHttpHeaders } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import { keyBytes, writeInt, writeText, writeTraceIdText } from '../encode/known-attributes.ts';
import { LastBytes } from '../encode/last-bytes.ts';
import type { ProtoWriter } from '../encode/proto-writer.ts';
import type { SpanBirth } from '../tracer/span.ts';
import type { SpanPipeline } from '../tracer/span-pipeline.ts';
import { targetUri } from './http-attributes.ts';
import { HttpSpan } from './http-span.ts';
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

/** The span of an incoming request: its attributes are the request's own strings, the route's are bytes already. */
export class HttpServerSpan extends HttpSpan {
  private template: RouteTemplate;
  private readonly url: string;
  private readonly host: string;
  private readonly userAgent: string;
  private clientAddress: string;
  private readonly httpVersion: string;

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
    this.host = headers.host ?? (headers[':authority'] as string | undefined) ?? 'localhost';
    this.userAgent = headers['user-agent'] ?? '';
    this.clientAddress = client.ip ?? client.remoteAddress ?? '';
    this.httpVersion = facts.httpVersion;
    if (pipeline.limitsAreTight) this.materialise();
  }

  setCorrelationId(id: string): void {
    this.correlationId = id;
    if (this.materialised) this.put('correlation_id', id);
  }

  /** A later, better name of the route than the one it began with. */
  setRoute(template: RouteTemplate): void {
    if (this.ended) return;
    if (this.name === this.template.spanName) this.name = template.spanName;
    this.template = template;
    if (this.materialised && template.route !== undefined) this.put('http.route', template.route);
  }

  setClientAddress(address: string): void {
    if (this.ended) return;
    if (this.materialised) this.put('client.address', address);
    else this.clientAddress = address;
  }

  override writeOwnAttributes(out: ProtoWriter, traceIdAt: number): void {
    if (this.materialised) return;
    const { template, url, host, userAgent, clientAddress, httpVersion } = this;
    out.raw(template.bytes);
    const start = out.position;
    if (!template.lastUrl.copy(out, url, host, '')) {
      this.writeUrl(out);
      template.lastUrl.keep(out, start, url, host, '');
    }
    const clientStart = out.position;
    if (!lastClient.copy(out, userAgent, clientAddress, httpVersion)) {
      this.writeClient(out);
      lastClient.keep(out, clientStart, userAgent, clientAddress, httpVersion);
    }
    if (this.correlationId === this.traceId) writeTraceIdText(out, KEYS.correlationId, traceIdAt);
    else writeText(out, KEYS.correlationId, this.correlationId, '', '');
    if (this.responseStatus > 0) writeInt(out, KEYS.status, this.responseStatus);
  }

  private writeUrl(out: ProtoWriter): void {
    const [origin, url] = this.target();
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    writeText(out, KEYS.urlFull, origin, url, '');
    writeText(out, KEYS.urlPath, path, '', '');
    if (query >= 0) writeText(out, KEYS.urlQuery, url.slice(query + 1), '', '');
  }

  private target(): readonly [origin: string, path: string] {
    const host = this.host.slice(this.host.lastIndexOf('@') + 1);
    return targetUri(`${this.template.scheme}://${host}`, this.url);
  }

  private writeClient(out: ProtoWriter): void {
    if (this.userAgent !== '') writeText(out, KEYS.userAgent, this.userAgent, '', '');
    if (this.clientAddress !== '') writeText(out, KEYS.clientAddress, this.clientAddress, '', '');
    writeText(out, KEYS.protocolVersion, this.httpVersion, '', '');
  }

  protected override hasField(key: string): boolean {
    return FIELDS.has(key);
  }

  protected override putFields(): void {
    const { template } = this;
    const [origin, url] = this.target();
    const query = url.indexOf('?');
    for (const [key, value] of template.pairs) this.put(key, value);
    this.put('url.full', origin + url);
    this.put('url.path', query < 0 ? url : url.slice(0, query));
    if (query >= 0) this.put('url.query', url.slice(query + 1));
    if (this.userAgent !== '') this.put('user_agent.original', this.userAgent);
    if (this.clientAddress !== '') this.put('client.address', this.clientAddress);
    this.put('network.protocol.version', this.httpVersion);
    if (this.correlationId !== '') this.put('correlation_id', this.correlationId);
  }
}

/** Services have few clients: the one of the last request often sends the next as well. */
const lastClient = new LastBytes();

const FIELDS: ReadonlySet<string> = new Set([
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
