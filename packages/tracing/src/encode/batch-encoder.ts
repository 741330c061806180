import type { RecordingSpan } from '../tracer/span.ts';
import { ProtoWriter, varintLength } from './proto-writer.ts';
import type { EncodedResource, EncodedScope } from './scope.ts';
import { writeSpan } from './span-encoder.ts';

/** An `ExportTraceServiceRequest`, ready to send. */
export interface EncodedBatch {
  readonly body: Buffer;
  readonly spanCount: number;
}

const RESOURCE_SPANS = 0x0a;
const SCOPE_SPANS = 0x12;
/** A writer that one huge span has blown up is not kept. */
const KEEP_BYTES = 4 * 1024 * 1024;

/**
 * Turns ended spans into request bodies of about `maxBatchBytes`. Spans are written grouped by scope; scopes
 * and the resource are copied from bytes made at start-up.
 */
export class BatchEncoder {
  private readonly out = new ProtoWriter();
  private readonly maxBatchBytes: number;
  private readonly onBadSpan: (error: unknown) => void;
  resource: EncodedResource;

  constructor(resource: EncodedResource, maxBatchBytes: number, onBadSpan: (error: unknown) => void) {
    this.resource = resource;
    this.maxBatchBytes = maxBatchBytes;
    this.onBadSpan = onBadSpan;
  }

  encode(spans: readonly RecordingSpan[]): EncodedBatch[] {
    const batches: EncodedBatch[] = [];
    let parts: { scope: EncodedScope; bytes: Buffer }[] = [];
    let bytes = 0;
    let count = 0;
    const flush = () => {
      if (count > 0) batches.push({ body: this.assemble(parts), spanCount: count });
      parts = [];
      bytes = 0;
      count = 0;
    };
    for (const [scope, members] of groupByScope(spans)) {
      this.out.reset();
      for (const span of members) {
        if (!this.write(span)) continue;
        count++;
        if (bytes + this.out.position < this.maxBatchBytes) continue;
        parts.push({ scope, bytes: this.taken() });
        this.out.reset();
        flush();
      }
      if (this.out.position > 0) {
        bytes += this.out.position;
        parts.push({ scope, bytes: this.taken() });
      }
    }
    flush();
    this.out.shrink(KEEP_BYTES);
    return batches;
  }

  private taken(): Buffer {
    return Buffer.copyBytesFrom(this.out.bytes, 0, this.out.position);
  }

  private write(span: RecordingSpan): boolean {
    const start = this.out.position;
    try {
      writeSpan(this.out, span);
      return true;
    } catch (error) {
      this.out.position = start;
      this.onBadSpan(error);
      return false;
    }
  }

  private assemble(parts: readonly { scope: EncodedScope; bytes: Buffer }[]): Buffer {
    const { head, tail } = this.resource;
    const lengths = parts.map(({ scope, bytes }) => scope.head.length + bytes.length + scope.tail.length);
    const inner = lengths.reduce((sum, length) => sum + 1 + varintLength(length) + length, 0);
    const body = new ProtoWriter(inner + head.length + tail.length + 16);
    body.byte(RESOURCE_SPANS);
    body.varint(head.length + inner + tail.length);
    body.raw(head);
    parts.forEach(({ scope, bytes }, i) => {
      body.byte(SCOPE_SPANS);
      body.varint(lengths[i] ?? 0);
      body.raw(scope.head);
      body.raw(bytes);
      body.raw(scope.tail);
    });
    body.raw(tail);
    return body.bytes.subarray(0, body.position);
  }
}

function groupByScope(spans: readonly RecordingSpan[]): Map<EncodedScope, RecordingSpan[]> {
  const groups = new Map<EncodedScope, RecordingSpan[]>();
  for (const span of spans) {
    const { scope } = span.pipeline;
    const group = groups.get(scope);
    if (group === undefined) groups.set(scope, [span]);
    else group.push(span);
  }
  return groups;
}
