import { ResourceTable } from './resource-table.ts';
import type { SpanLimits } from './span-limits.ts';
import { SpanScanner } from './span-scanner.ts';
import { ValueScanner } from './value-scanner.ts';

/** What a scan found in a well-formed request. */
export interface ScanResult {
  readonly spanCount: number;
  /** The spans that cannot be taken, by their place in the request, ascending. */
  readonly rejected: readonly number[];
  /** Why the first of them was rejected; empty if none was. */
  readonly firstReason: string;
  /** How many of the rejected belong to a project that the sender may not write to. */
  readonly forbidden: number;
}

export interface ScanProjects {
  /** The project of spans whose resource names none. */
  readonly defaultProject: string;
  /** The projects the sender may write to. */
  readonly allowed: 'all' | readonly string[];
}

/**
 * The first of two passes over an `ExportTraceServiceRequest`: it proves the wire format from the first to
 * the last byte and counts what is in it, keeping nothing. So a malformed request is refused whole before
 * anything is stored, and the decoder behind the log needs no checks (0.4 against 1.5 us/span, bench/collector/decode.ts).
 */
export class RequestScanner {
  readonly #values: ValueScanner;
  readonly #spans: SpanScanner;
  readonly #limits: SpanLimits;
  #projects: ScanProjects = { defaultProject: '', allowed: 'all' };
  #spanCount = 0;
  #forbidden = 0;
  #rejections = new Map<number, string>();
  readonly #resources = new ResourceTable();

  constructor(limits: SpanLimits) {
    this.#limits = limits;
    this.#values = new ValueScanner(limits);
    this.#spans = new SpanScanner(this.#values, limits);
  }

  /** @throws {MalformedOtlpError} with the offset and the reason. */
  scan(bytes: Uint8Array, projects: ScanProjects): ScanResult {
    const { wire } = this.#values;
    wire.reset(bytes);
    this.#projects = projects;
    this.#spanCount = 0;
    this.#rejections.clear();
    this.#forbidden = 0;
    const end = bytes.length;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x0a) this.#resourceSpans(end);
      else wire.skip(tag, end);
    }
    const rejected = [...this.#rejections.keys()].sort((a, b) => a - b);
    const [first] = rejected;
    const firstReason = first === undefined ? '' : `span ${first}: ${this.#rejections.get(first)}`;
    return { spanCount: this.#spanCount, rejected, firstReason, forbidden: this.#forbidden };
  }

  #resourceSpans(outerEnd: number): void {
    const { wire } = this.#values;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    const firstSpan = this.#spanCount;
    let complaint: string | null = null;
    let attributes = 0;
    const ranges: number[] = [];
    while (wire.at < end) {
      const tag = wire.tag(end);
      this.#values.complaint = null;
      if (tag === 0x12) this.#scopeSpans(end);
      else if (tag === 0x0a) attributes += this.#resource(end, ranges);
      else if (tag === 0x1a) this.#values.text(end, 'a schema_url');
      else wire.skip(tag, end);
      complaint ??= this.#values.complaint;
    }
    complaint ??= this.#tooMany(attributes, 'the resource');
    if (complaint !== null) {
      this.#rejectFrom(firstSpan, complaint);
      return;
    }
    const forbidden = this.#projectComplaint(ranges);
    if (forbidden === null) return;
    this.#forbidden += this.#spanCount - firstSpan;
    this.#rejectFrom(firstSpan, forbidden);
  }

  #scopeSpans(outerEnd: number): void {
    const { wire } = this.#values;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    const firstSpan = this.#spanCount;
    let complaint: string | null = null;
    let attributes = 0;
    while (wire.at < end) {
      const tag = wire.tag(end);
      this.#values.complaint = null;
      if (tag === 0x12) {
        this.#span(end);
        continue;
      }
      if (tag === 0x0a) attributes += this.#scope(end);
      else if (tag === 0x1a) this.#values.text(end, 'a schema_url');
      else wire.skip(tag, end);
      complaint ??= this.#values.complaint;
    }
    complaint ??= this.#tooMany(attributes, 'the scope');
    if (complaint !== null) this.#rejectFrom(firstSpan, complaint);
    this.#values.complaint = null;
  }

  #span(outerEnd: number): void {
    const { wire } = this.#values;
    const length = wire.length(outerEnd);
    this.#spans.span(wire.at + length);
    const { complaint } = this.#values;
    if (complaint !== null) this.#rejections.set(this.#spanCount, complaint);
    this.#spanCount++;
  }

  /** A `Resource`, its length included; the number of its attributes. */
  #resource(outerEnd: number, ranges: number[]): number {
    const { wire } = this.#values;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    ranges.push(wire.at, end);
    let attributes = 0;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x0a) {
        this.#values.attribute(end);
        attributes++;
      } else wire.skip(tag, end);
    }
    return attributes;
  }

  /** An `InstrumentationScope`, its length included; the number of its attributes. */
  #scope(outerEnd: number): number {
    const { wire } = this.#values;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    let attributes = 0;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x1a) {
        this.#values.attribute(end);
        attributes++;
      } else if (tag === 0x0a || tag === 0x12) this.#values.text(end, 'the name or version of the scope');
      else wire.skip(tag, end);
    }
    return attributes;
  }

  #projectComplaint(ranges: readonly number[]): string | null {
    const { allowed, defaultProject } = this.#projects;
    if (allowed === 'all') return null;
    const project = this.#resources.get(this.#values.wire.bytes, ranges, '').projectId || defaultProject;
    return allowed.includes(project) ? null : `no permission to write to project ${JSON.stringify(project)}`;
  }

  #tooMany(attributes: number, what: string): string | null {
    const { maxAttributes } = this.#limits;
    return attributes > maxAttributes
      ? `${attributes} attributes on ${what}, at most ${maxAttributes} are taken`
      : null;
  }

  #rejectFrom(firstSpan: number, reason: string): void {
    for (let span = firstSpan; span < this.#spanCount; span++) {
      if (!this.#rejections.has(span)) this.#rejections.set(span, reason);
    }
  }
}
