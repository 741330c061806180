import { SpanKind } from '@opentelemetry/api';
import { keyBytes, writeInt, writeText } from '../encode/known-attributes.ts';
import type { ProtoWriter } from '../encode/proto-writer.ts';
import type { SpanBirth } from '../tracer/span.ts';
import type { SpanPipeline } from '../tracer/span-pipeline.ts';
import type { ClientTarget } from './client-target.ts';
import { targetUri } from './http-attributes.ts';
import { HttpSpan } from './http-span.ts';

/** The span of an outgoing request: what it shares with others to the same server is bytes already. */
export class HttpClientSpan extends HttpSpan {
  private readonly target: ClientTarget;
  private readonly path: string;

  constructor(pipeline: SpanPipeline, birth: SpanBirth, target: ClientTarget, path: string) {
    super(pipeline, birth, target.spanName, SpanKind.CLIENT);
    this.target = target;
    this.path = path;
    if (pipeline.limitsAreTight) this.materialise();
  }

  override writeOwnAttributes(out: ProtoWriter): void {
    if (this.materialised) return;
    const { target, path } = this;
    out.raw(target.bytes);
    const start = out.position;
    if (!target.lastUrl.copy(out, path, '', '')) {
      const [origin, rest] = targetUri(target.origin, path);
      writeText(out, URL_FULL, origin, rest, '');
      target.lastUrl.keep(out, start, path, '', '');
    }
    if (this.responseStatus > 0) writeInt(out, STATUS, this.responseStatus);
  }

  protected override hasField(key: string): boolean {
    return FIELDS.has(key);
  }

  protected override putFields(): void {
    for (const [key, value] of this.target.pairs) this.put(key, value);
    this.put('url.full', targetUri(this.target.origin, this.path).join(''));
  }
}

const FIELDS: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.request.method_original',
  'http.response.status_code',
  'url.full',
  'server.address',
  'server.port',
]);
const URL_FULL = keyBytes('url.full');
const STATUS = keyBytes('http.response.status_code');
