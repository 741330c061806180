import type { Resource, Scope } from '@utxoiq/model';
import type { SpanRow } from '@utxoiq/store';
import { ResourceTable } from './resource-table.ts';
import { SpanDecoder, type TextsInPlace } from './span-decoder.ts';

const NO_RESOURCE: Resource = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };
const NO_SCOPE: Scope = {
  name: '',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};

/** A request in bytes that were scanned before (request-scanner.ts). */
export interface ScannedRequest {
  readonly bytes: Uint8Array;
  /** Where in the bytes the ExportTraceServiceRequest starts and ends. */
  readonly start: number;
  readonly end: number;
  /** The project of spans whose resource names none. */
  readonly defaultProject: string;
  /** Spans to leave out, by their place in the request, ascending: the scan rejected them. */
  readonly rejected: readonly number[];
}

/** The second pass over an `ExportTraceServiceRequest`: from bytes to one row per span, in the request's order. */
export class RequestDecoder {
  readonly #row: TextsInPlace = emptyRow();
  readonly #spans = new SpanDecoder(this.#row);
  readonly #resources = new ResourceTable();
  #add: (row: SpanRow) => void = () => {};
  #ordinal = 0;
  #nextRejected = 0;

  /** @param add is given the same row object each time, filled anew. */
  decode(request: ScannedRequest, add: (row: SpanRow) => void): void {
    const { reader } = this.#spans.values;
    this.#spans.values.trim();
    if (reader.bytes !== request.bytes) reader.reset(request.bytes);
    reader.at = request.start;
    this.#row.bytes = request.bytes;
    this.#add = add;
    this.#ordinal = 0;
    this.#nextRejected = 0;
    while (reader.at < request.end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.#resourceSpans(request);
      else reader.skip(tag);
    }
  }

  /** The resource may stand after the spans it belongs to, so the fields are visited before the spans. */
  #resourceSpans(request: ScannedRequest): void {
    const { reader } = this.#spans.values;
    const length = reader.uint32();
    const end = reader.at + length;
    const resource: number[] = [];
    const scopes: number[] = [];
    let schemaUrl = '';
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.#range(resource);
      else if (tag === 0x12) this.#range(scopes);
      else if (tag === 0x1a) schemaUrl = this.#spans.values.text();
      else reader.skip(tag);
    }
    if (resource.length === 0 && schemaUrl === '') {
      this.#row.resource = NO_RESOURCE;
      this.#row.projectId = request.defaultProject;
    } else {
      const entry = this.#resources.get(request.bytes, resource, schemaUrl);
      this.#row.resource = entry.resource;
      this.#row.projectId = entry.projectId || request.defaultProject;
    }
    for (let index = 0; index < scopes.length; index += 2) {
      this.#scopeSpans(request, scopes[index] as number, scopes[index + 1] as number);
    }
    reader.at = end;
  }

  #scopeSpans(request: ScannedRequest, start: number, end: number): void {
    const { reader } = this.#spans.values;
    const scope: number[] = [];
    let schemaUrl = '';
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.#range(scope);
      else if (tag === 0x1a) schemaUrl = this.#spans.values.text();
      else reader.skip(tag);
    }
    const none = scope.length === 0 && schemaUrl === '';
    this.#row.scope = none ? NO_SCOPE : this.#resources.getScope(request.bytes, scope, schemaUrl);
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x12) this.#span(request);
      else reader.skip(tag);
    }
  }

  #span(request: ScannedRequest): void {
    const { reader } = this.#spans.values;
    const length = reader.uint32();
    const end = reader.at + length;
    if (request.rejected[this.#nextRejected] === this.#ordinal++) {
      this.#nextRejected++;
      reader.at = end;
      return;
    }
    this.#spans.span(end);
    this.#add(this.#row);
  }

  #range(ranges: number[]): void {
    const { reader } = this.#spans.values;
    const length = reader.uint32();
    ranges.push(reader.at, reader.at + length);
    reader.at += length;
  }
}

function emptyRow(): TextsInPlace {
  return {
    bytes: new Uint8Array(0),
    traceIdAt: 0,
    spanIdAt: 0,
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
    flags: 0,
    resource: NO_RESOURCE,
    scope: NO_SCOPE,
    projectId: '',
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    attributeCount: 0,
    attributeKeys: [],
    attributeTypes: [],
    attributeValues: [],
    attributeTextAt: [],
    attributeTextLength: [],
    events: NOTHING,
    links: NOTHING,
  };
}

const NOTHING: readonly never[] = [];
