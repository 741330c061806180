import type { RecordingSpan } from '../tracer/span.ts';
import { PreviousSpan } from './previous-span.ts';
import { ProtoWriter, varintLength } from './proto-writer.ts';
import type { EncodedResource, EncodedScope } from './scope.ts';
import { writeSpan } from './span-encoder.ts';

/** An `ExportTraceServiceRequest`, ready to send. */
export interface EncodedBatch {
  readonly body: Buffer;
  readonly spanCount: number;
}

export interface BatchEncoderOptions {
  readonly resource: EncodedResource;
  /** A batch is closed when its spans take this many bytes. */
  readonly maxBatchBytes: number;
  readonly onBatch: (batch: EncodedBatch) => void;
  readonly onBadSpan: (error: unknown) => void;
}

const RESOURCE_SPANS = 0x0a;
const SCOPE_SPANS = 0x12;
/** A writer that one huge span has blown up is not kept. */
const KEEP_BYTES = 4 * 1024 * 1024;

/** The spans of one scope in the open batch. */
interface ScopeBuffer {
  readonly scope: EncodedScope;
  readonly out: ProtoWriter;
  readonly previous: PreviousSpan;
}

/**
 * Appends ended spans to an open batch of about `maxBatchBytes`, grouped by scope. The resource and the
 * scopes are copied from bytes made at start-up.
 */
export class BatchEncoder {
  private readonly options: BatchEncoderOptions;
  private resource: EncodedResource;
  private readonly buffers: ScopeBuffer[] = [];
  private bytes = 0;
  private count = 0;

  constructor(options: BatchEncoderOptions) {
    this.options = options;
    this.resource = options.resource;
  }

  /** What is known of the resource only once the program runs: for the open batch and all later ones. */
  setResource(resource: EncodedResource): void {
    this.resource = resource;
  }

  encode(spans: readonly RecordingSpan[]): void {
    for (const span of spans) {
      const buffer = this.bufferOf(span.pipeline.scope);
      const { out } = buffer;
      const start = out.position;
      if (!this.write(buffer, span)) continue;
      this.count++;
      this.bytes += out.position - start;
      if (this.bytes >= this.options.maxBatchBytes) this.closeBatch();
    }
  }

  /** Hands over what has been encoded. */
  closeBatch(): void {
    if (this.count === 0) return;
    const batch = { body: this.assemble(), spanCount: this.count };
    for (const { out, previous } of this.buffers) {
      out.shrink(KEEP_BYTES);
      previous.forget();
    }
    this.bytes = 0;
    this.count = 0;
    this.options.onBatch(batch);
  }

  private bufferOf(scope: EncodedScope): ScopeBuffer {
    const { buffers } = this;
    for (let i = 0; i < buffers.length; i++) {
      const buffer = buffers[i] as ScopeBuffer;
      if (buffer.scope === scope) return buffer;
    }
    const made = { scope, out: new ProtoWriter(), previous: new PreviousSpan() };
    buffers.push(made);
    return made;
  }

  private write({ out, previous }: ScopeBuffer, span: RecordingSpan): boolean {
    const start = out.position;
    try {
      writeSpan(out, span, previous);
      return true;
    } catch (error) {
      out.position = start;
      previous.forget();
      this.options.onBadSpan(error);
      return false;
    }
  }

  private assemble(): Buffer {
    const { head, tail } = this.resource;
    const filled = this.buffers.filter(({ out }) => out.position > 0);
    const lengths = filled.map(({ scope, out }) => scope.head.length + out.position + scope.tail.length);
    const inner = lengths.reduce((sum, length) => sum + 1 + varintLength(length) + length, 0);
    const body = new ProtoWriter(inner + head.length + tail.length + 16);
    body.byte(RESOURCE_SPANS);
    body.varint(head.length + inner + tail.length);
    body.raw(head);
    filled.forEach(({ scope, out }, i) => {
      body.byte(SCOPE_SPANS);
      body.varint(lengths[i] ?? 0);
      body.raw(scope.head);
      body.raw(out.bytes.subarray(0, out.position));
      body.raw(scope.tail);
    });
    body.raw(tail);
    return body.bytes.subarray(0, body.position);
  }
}
