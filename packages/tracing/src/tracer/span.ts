import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  type TraceState,
} from '@opentelemetry/api';
import { type ContextualSpan, SPAN_KEY, withoutValue, withValue } from '../context/span-frame.ts';
import {
  type CleanedAttributes,
  cleanAttributes,
  cleanSimpleValue,
  cleanValue,
  INVALID,
} from './attribute-values.ts';
import { hrTimeOf, isTimeInput, monotonicMs } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import type { SpanPipeline } from './span-pipeline.ts';

export interface SpanEventRecord extends CleanedAttributes {
  readonly name: string;
  readonly timeMs: number;
  readonly time: HrTime | null;
}

export interface SpanLinkRecord extends CleanedAttributes {
  readonly context: SpanContext;
}

/** What a span is born with. */
export interface SpanBirth {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  readonly parent: SpanContext | undefined;
  readonly localRoot: RecordingSpan | undefined;
  readonly bag: Context;
}

/** From this many attributes on, a repeated key is found through a map instead of a scan. */
const INDEX_FROM = 32;

/**
 * A span that records. All fields exist from birth, attributes are a flat list of keys and values, and
 * nothing is encoded before the batch is (encoding between requests runs on cold caches: 5 us instead of 1).
 */
export class RecordingSpan implements ContextualSpan {
  readonly pipeline: SpanPipeline;
  readonly bag: Context;
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  readonly parent: SpanContext | undefined;
  /** The first span of this process in its trace: itself, or the one its ancestors began with. */
  readonly localRoot: RecordingSpan;
  readonly kind: SpanKind;
  readonly startMs: number;
  name: string;
  startTime: HrTime | null = null;
  endMs = 0;
  endTime: HrTime | null = null;
  pairs: unknown[] = [];
  events: SpanEventRecord[] | null = null;
  links: SpanLinkRecord[] | null = null;
  statusCode: SpanStatusCode = SpanStatusCode.UNSET;
  statusMessage = '';
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  ended = false;
  /** What requests of this local root carry as `X-Correlation-ID`; empty where nothing set one. */
  correlationId = '';
  private ownContext: SpanContext | null = null;
  private index: Map<string, number> | null = null;

  constructor(pipeline: SpanPipeline, birth: SpanBirth, name: string, kind: SpanKind) {
    this.pipeline = pipeline;
    this.bag = birth.bag;
    this.traceId = birth.traceId;
    this.spanId = birth.spanId;
    this.traceFlags = birth.traceFlags;
    this.traceState = birth.traceState;
    this.parent = birth.parent;
    this.localRoot = birth.localRoot ?? this;
    this.kind = kind;
    this.name = name;
    this.startMs = monotonicMs();
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
    this.ownContext ??= {
      traceId: this.traceId,
      spanId: this.spanId,
      traceFlags: this.traceFlags,
      ...(this.traceState && { traceState: this.traceState }),
    };
    return this.ownContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.ended || value === undefined) return this;
    if (typeof key !== 'string' || key === '') return this.rejectAttribute();
    const at = this.indexOf(key);
    const limits = this.pipeline.limits;
    if (at < 0 && this.pairs.length >= limits.attributeCountLimit * 2) {
      this.droppedAttributesCount++;
      return this;
    }
    const clean = cleanValue(value, limits.attributeValueLengthLimit);
    if (clean === INVALID) return this.rejectAttribute();
    if (at >= 0) this.pairs[at + 1] = clean;
    else this.append(key, clean);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.ended || typeof attributes !== 'object' || attributes === null) return this;
    for (const key of Object.keys(attributes)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const limits = this.pipeline.limits;
    if (limits.eventCountLimit === 0) {
      this.droppedEventsCount++;
      return this;
    }
    const timeFirst = isTimeInput(attributesOrTime);
    const at = isTimeInput(time) ? time : timeFirst ? attributesOrTime : undefined;
    const cleaned = cleanAttributes(
      timeFirst ? undefined : attributesOrTime,
      { count: limits.attributePerEventCountLimit, valueLength: limits.attributeValueLengthLimit },
      cleanSimpleValue,
    );
    this.events ??= [];
    if (this.events.length >= limits.eventCountLimit) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    this.events.push({
      name: String(name),
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
    if (limits.linkCountLimit === 0) {
      this.droppedLinksCount++;
      return this;
    }
    this.links ??= [];
    if (this.links.length >= limits.linkCountLimit) {
      this.links.shift();
      this.droppedLinksCount++;
    }
    this.links.push(this.pipeline.cleanLink(link));
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.ended || status.code === SpanStatusCode.UNSET || this.statusCode === SpanStatusCode.OK)
      return this;
    this.statusCode = status.code;
    const message = status.code === SpanStatusCode.ERROR ? status.message : undefined;
    this.statusMessage = typeof message === 'string' ? message : '';
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes !== null) this.addEvent('exception', attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    if (endTime === undefined || endTime === null) this.endMs = monotonicMs();
    else this.endTime = hrTimeOf(endTime);
    this.ended = true;
    this.pipeline.onEnd(this);
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
    this.droppedAttributesCount = cleaned.dropped;
  }

  /** Adds an attribute that is known to be new, valid and short: for instrumentations' own keys. */
  append(key: string, value: unknown): void {
    if (this.index !== null) this.index.set(key, this.pairs.length);
    this.pairs.push(key, value);
  }

  private indexOf(key: string): number {
    const { pairs } = this;
    if (pairs.length < INDEX_FROM * 2) {
      for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === key) return i;
      return -1;
    }
    if (this.index === null) {
      this.index = new Map();
      for (let i = 0; i < pairs.length; i += 2) this.index.set(pairs[i] as string, i);
    }
    return this.index.get(key) ?? -1;
  }

  private rejectAttribute(): this {
    this.pipeline.metrics.invalidAttributes++;
    return this;
  }
}

export function isRecordingSpan(span: Span | undefined): span is RecordingSpan {
  return span instanceof RecordingSpan;
}
