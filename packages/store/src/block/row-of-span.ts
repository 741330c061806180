import type { AttributeValue, Span } from '@utxoiq/model';
import { attributeTypeOf } from './attribute-catalogue.ts';
import type { SpanRow } from './span-row.ts';

/** Turns spans into rows, for whoever has whole spans (imports, Cloud Trace writes); reuses one row. */
export class SpanRows {
  readonly #bytes = Buffer.alloc(32);
  readonly #keys: string[] = [];
  readonly #types: SpanRow['attributeTypes'] = [];
  readonly #values: AttributeValue[] = [];

  /** Valid until the next call. */
  of(span: Span): SpanRow {
    this.#bytes.write(span.traceId, 0, 'hex');
    this.#bytes.write(span.spanId, 16, 'hex');
    if (span.parentSpanId !== null) this.#bytes.write(span.parentSpanId, 24, 'hex');
    let count = 0;
    for (const [key, value] of span.attributes) {
      this.#keys[count] = key;
      this.#types[count] = attributeTypeOf(value);
      this.#values[count++] = value;
    }
    return {
      bytes: this.#bytes,
      traceIdAt: 0,
      spanIdAt: 16,
      parentSpanIdAt: span.parentSpanId === null ? -1 : 24,
      startLow: low(span.startUnixNano),
      startHigh: high(span.startUnixNano),
      endLow: low(span.endUnixNano),
      endHigh: high(span.endUnixNano),
      name: span.name,
      kind: span.kind,
      statusCode: span.status.code,
      statusMessage: span.status.message,
      traceState: span.traceState,
      flags: span.flags,
      resource: span.resource,
      scope: span.scope,
      projectId: span.projectId,
      droppedAttributesCount: span.droppedAttributesCount,
      droppedEventsCount: span.droppedEventsCount,
      droppedLinksCount: span.droppedLinksCount,
      attributeCount: count,
      attributeKeys: this.#keys,
      attributeTypes: this.#types,
      attributeValues: this.#values,
      events: span.events,
      links: span.links,
    };
  }
}

const low = (value: bigint): number => Number(BigInt.asUintN(32, value));
const high = (value: bigint): number => Number(BigInt.asUintN(32, value >> 32n));
