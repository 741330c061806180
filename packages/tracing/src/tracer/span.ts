import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  type TraceState,
} from '@opentelemetry/api';
import { type ContextualSpan, SPAN_KEY, withoutValue, withValue } from '../context/span-frame.ts';
import type { ProtoWriter } from '../encode/proto-writer.ts';
import {
  type CleanedAttributes,
  cleanAttributes,
  cleanSimpleValue,
  cleanValue,
  INVALID,
  textOf,
} from './attribute-values.ts';
import { epochOf, hrTimeOf, isTimeInput, monotonicMs } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import { randomWord, spanContextOf, spanIdText, type TraceId, wordsOfSpanId } from './ids.ts';
import type { SpanPipeline } from './span-pipeline.ts';

export interface SpanEventRecord extends CleanedAttributes {
  readonly name: string;
  readonly timeMs: number;
  readonly time: HrTime | null;
}

export interface SpanLinkRecord extends CleanedAttributes {
  readonly context: SpanContext;
}

/** What a span is born with besides its name and kind. */
export interface SpanBirth {
  readonly trace: TraceId;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  /** The active span's context where that span is not one of ours, or came from a header. */
  readonly parent: SpanContext | undefined;
  readonly parentSpan: RecordingSpan | undefined;
  readonly bag: Context;
}

/** Times given by the caller, events, links, drops: made when the first of them comes. */
export class SpanExtras {
  startTime: HrTime | null = null;
  endTime: HrTime | null = null;
  readonly events: SpanEventRecord[] = [];
  readonly links: SpanLinkRecord[] = [];
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  /** Where each key stands in `pairs`, once there are many. */
  index: Map<string, number> | null = null;
}

/** Stands for an empty list until the first attribute; never written to. */
const NO_PAIRS: unknown[] = [];

/** From this many attributes on, a repeated key is found through a map instead of a scan. */
const INDEX_FROM = 32;

/**
 * A span that records. All fields exist from birth, attributes are a flat list of keys and values, and
 * nothing is encoded before the batch is (encoding between requests runs on cold caches: 5 us instead of 1).
 */
export class RecordingSpan implements ContextualSpan {
  readonly pipeline: SpanPipeline;
  readonly bag: Context;
  readonly trace: TraceId;
  /** The span id as two words; `spanId` is its text. */
  readonly idHigh: number;
  readonly idLow: number;
  /** The parent's span id; both 0 without a parent. */
  readonly parentHigh: number;
  readonly parentLow: number;
  readonly parentIsRemote: boolean;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  /** The first span of this process in its trace: itself, or the one its ancestors began with. */
  readonly localRoot: RecordingSpan;
  readonly kind: SpanKind;
  readonly startMs: number;
  name: string;
  endMs = 0;
  pairs: unknown[] = NO_PAIRS;
  statusCode: SpanStatusCode = SpanStatusCode.UNSET;
  statusMessage = '';
  ended = false;
  /** What requests of this local root carry as `X-Correlation-ID`; empty where nothing set one. */
  correlationId = '';
  /** What few spans have. */
  more: SpanExtras | null = null;
  private ownContext: SpanContext | null = null;

  constructor(pipeline: SpanPipeline, birth: SpanBirth, name: string, kind: SpanKind) {
    const { parent, parentSpan } = birth;
    this.pipeline = pipeline;
    this.bag = birth.bag;
    this.trace = birth.trace;
    const high = randomWord();
    const low = randomWord();
    this.idHigh = high;
    // All zero is no id; it comes up once in 2^64.
    this.idLow = high === 0 && low === 0 ? 1 : low;
    this.parentIsRemote = parent?.isRemote === true;
    if (parentSpan !== undefined) {
      this.parentHigh = parentSpan.idHigh;
      this.parentLow = parentSpan.idLow;
    } else if (parent !== undefined) {
      const words = wordsOfSpanId(parent.spanId);
      this.parentHigh = words[0];
      this.parentLow = words[1];
    } else {
      this.parentHigh = 0;
      this.parentLow = 0;
    }
    this.traceFlags = birth.traceFlags;
    this.traceState = birth.traceState;
    this.localRoot = parentSpan === undefined ? this : parentSpan.localRoot;
    this.kind = kind;
    this.name = name;
    this.startMs = monotonicMs();
  }

  get traceId(): string {
    return this.trace.digits;
  }

  get spanId(): string {
    return this.spanContext().spanId;
  }

  get parentSpanId(): string | null {
    return this.hasParent ? spanIdText(this.parentHigh, this.parentLow) : null;
  }

  get hasParent(): boolean {
    return this.parentHigh !== 0 || this.parentLow !== 0;
  }

  extras(): SpanExtras {
    this.more ??= new SpanExtras();
    return this.more;
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this : this.bag.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return withValue(this, this.bag, key, value);
  }

  deleteValue(key: symbol): Context {
    return withoutValue(this, this.bag, key);
  }

  spanContext(): SpanContext {
    this.ownContext ??= spanContextOf(
      this.traceId,
      this.idHigh,
      this.idLow,
      this.traceFlags,
      this.traceState,
    );
    return this.ownContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.ended && value !== undefined) this.put(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.ended || typeof attributes !== 'object' || attributes === null) return this;
    try {
      for (const key of Object.keys(attributes)) this.setAttribute(key, attributes[key]);
    } catch {
      this.pipeline.metrics.invalidAttributes++; // A getter or a proxy of the host's own.
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const limits = this.pipeline.limits;
    const extras = this.extras();
    if (limits.eventCountLimit === 0) {
      extras.droppedEventsCount++;
      return this;
    }
    const timeFirst = isTimeInput(attributesOrTime);
    const at = isTimeInput(time) ? time : timeFirst ? attributesOrTime : undefined;
    const cleaned = cleanAttributes(
      timeFirst ? undefined : attributesOrTime,
      { count: limits.attributePerEventCountLimit, valueLength: limits.attributeValueLengthLimit },
      cleanSimpleValue,
    );
    if (extras.events.length >= limits.eventCountLimit) {
      extras.events.shift();
      extras.droppedEventsCount++;
    }
    extras.events.push({
      name: textOf(name),
      timeMs: at === undefined ? monotonicMs() : 0,
      time: at === undefined ? null : hrTimeOf(at),
      pairs: cleaned.pairs,
      dropped: cleaned.dropped,
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this;
    const limits = this.pipeline.limits;
    const extras = this.extras();
    if (limits.linkCountLimit === 0) {
      extras.droppedLinksCount++;
      return this;
    }
    const cleaned = this.pipeline.cleanLink(link);
    if (cleaned === null) {
      extras.droppedLinksCount++;
      return this;
    }
    if (extras.links.length >= limits.linkCountLimit) {
      extras.links.shift();
      extras.droppedLinksCount++;
    }
    extras.links.push(cleaned);
    return this;
  }

  addLinks(links: Link[]): this {
    if (Array.isArray(links)) for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    const code = status?.code;
    if (this.ended || this.statusCode === SpanStatusCode.OK) return this;
    if (code !== SpanStatusCode.OK && code !== SpanStatusCode.ERROR) return this;
    this.statusCode = code;
    const message = code === SpanStatusCode.ERROR ? status.message : undefined;
    this.statusMessage = typeof message === 'string' ? message : '';
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = textOf(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes !== null) this.addEvent('exception', attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    if (endTime === undefined || !isTimeInput(endTime)) this.endMs = monotonicMs();
    else this.extras().endTime = hrTimeOf(endTime);
    this.ended = true;
    this.pipeline.onEnd(this);
  }

  /** How long it lasted; 0 while it goes on. */
  durationMs(): number {
    if (!this.ended) return 0;
    const { startTime = null, endTime = null } = this.more ?? {};
    if (startTime === null && endTime === null) return this.endMs - this.startMs;
    const [start, startNanos] = startTime ?? [...epochOf(this.startMs)];
    const [end, endNanos] = endTime ?? epochOf(this.endMs);
    return (end - (start ?? 0)) * 1000 + (endNanos - (startNanos ?? 0)) / 1e6;
  }

  /** Attributes of the caller's options, cleaned; a span begins with them. */
  begin(attributes: Attributes | undefined): void {
    const limits = this.pipeline.limits;
    if (typeof attributes !== 'object' || attributes === null) return;
    const cleaned = cleanAttributes(attributes, {
      count: limits.attributeCountLimit,
      valueLength: limits.attributeValueLengthLimit,
    });
    this.pairs = cleaned.pairs as unknown[];
    if (cleaned.dropped > 0) this.extras().droppedAttributesCount = cleaned.dropped;
  }

  /** Sets an attribute, ended or not. */
  protected put(key: string, value: unknown): void {
    if (typeof key !== 'string' || key === '') {
      this.pipeline.metrics.invalidAttributes++;
      return;
    }
    const at = this.indexOf(key);
    const limits = this.pipeline.limits;
    if (at < 0 && this.pairs.length >= limits.attributeCountLimit * 2) {
      this.extras().droppedAttributesCount++;
      return;
    }
    const clean = cleanValue(value, limits.attributeValueLengthLimit);
    if (clean === INVALID) this.pipeline.metrics.invalidAttributes++;
    else if (at >= 0) this.pairs[at + 1] = clean;
    else this.append(key, clean);
  }

  /** All attributes as keys and values in turn. */
  readPairs(): readonly unknown[] {
    return this.pairs;
  }

  /** Attributes that a subclass keeps as fields instead of pairs; `traceIdAt` is where the trace id has been written. */
  writeOwnAttributes(_out: ProtoWriter, _traceIdAt: number): void {
    // A plain span has none.
  }

  /** Adds an attribute that is known to be new, valid and short: for instrumentations' own keys. */
  append(key: string, value: unknown): void {
    const index = this.more?.index;
    if (index) index.set(key, this.pairs.length);
    if (this.pairs === NO_PAIRS) this.pairs = [key, value];
    else this.pairs.push(key, value);
  }

  private indexOf(key: string): number {
    const { pairs } = this;
    if (pairs.length < INDEX_FROM * 2) {
      for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === key) return i;
      return -1;
    }
    const extras = this.extras();
    if (extras.index === null) {
      extras.index = new Map();
      for (let i = 0; i < pairs.length; i += 2) extras.index.set(pairs[i] as string, i);
    }
    return extras.index.get(key) ?? -1;
  }
}
