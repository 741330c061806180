import type { Attributes } from '@opentelemetry/api';
import { cleanAttributes } from '../tracer/attribute-values.ts';
import { writeKeyValue } from './any-value.ts';
import { ProtoWriter } from './proto-writer.ts';

/** An instrumentation scope with its bytes, made once per tracer. */
export interface EncodedScope {
  readonly name: string;
  readonly version: string;
  /** `ScopeSpans.scope` with tag and length. */
  readonly head: Uint8Array;
  /** `ScopeSpans.schema_url` with tag and length; empty without one. */
  readonly tail: Uint8Array;
}

export function encodeScope(name: string, version: string, schemaUrl: string): EncodedScope {
  const out = new ProtoWriter();
  out.byte(0x0a);
  const scope = out.open();
  if (name !== '') {
    out.byte(0x0a);
    out.string(name);
  }
  if (version !== '') {
    out.byte(0x12);
    out.string(version);
  }
  out.close(scope);
  return { name, version, head: taken(out), tail: encodeSchemaUrl(schemaUrl) };
}

/** A resource with its bytes, made once. */
export interface EncodedResource {
  /** `ResourceSpans.resource` with tag and length. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

export function encodeResource(attributes: Attributes, schemaUrl = ''): EncodedResource {
  const out = new ProtoWriter();
  out.byte(0x0a);
  const resource = out.open();
  const { pairs } = cleanAttributes(attributes, {
    count: Number.POSITIVE_INFINITY,
    valueLength: Number.POSITIVE_INFINITY,
  });
  for (let i = 0; i < pairs.length; i += 2) {
    out.byte(0x0a);
    writeKeyValue(out, pairs[i] as string, pairs[i + 1]);
  }
  out.close(resource);
  return { head: taken(out), tail: encodeSchemaUrl(schemaUrl) };
}

function encodeSchemaUrl(schemaUrl: string): Uint8Array {
  if (schemaUrl === '') return new Uint8Array();
  const out = new ProtoWriter();
  out.byte(0x1a);
  out.string(schemaUrl);
  return taken(out);
}

function taken(out: ProtoWriter): Uint8Array {
  return new Uint8Array(out.bytes.subarray(0, out.position));
}
