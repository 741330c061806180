import type { Attributes, Context, Link, SpanContext, TimeInput, TraceState } from '@opentelemetry/api';
import { type ContextualSpan, SPAN_KEY, withoutValue, withValue } from '../context/span-frame.ts';
import { randomWord, spanContextOf } from './ids.ts';

/** A span that is not recorded: it only carries its context onward. Like a recording one, it is a context. */
export class PropagatedSpan implements ContextualSpan {
  readonly bag: Context;
  correlationId: string;
  readonly traceId: string;
  readonly idHigh: number = randomWord();
  readonly idLow: number = randomWord();
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  private ownContext: SpanContext | null = null;

  constructor(
    traceId: string,
    traceFlags: number,
    traceState: TraceState | undefined,
    bag: Context,
    correlationId: string,
  ) {
    this.traceId = traceId;
    this.traceFlags = traceFlags;
    this.traceState = traceState;
    this.bag = bag;
    this.correlationId = correlationId;
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

  setCorrelationId(id: string): void {
    this.correlationId = id;
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
    return false;
  }

  setAttribute(_key: string, _value: unknown): this {
    return this;
  }

  setAttributes(_attributes: Attributes): this {
    return this;
  }

  addEvent(_name: string, _attributesOrTime?: Attributes | TimeInput, _time?: TimeInput): this {
    return this;
  }

  addLink(_link: Link): this {
    return this;
  }

  addLinks(_links: Link[]): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(_name: string): this {
    return this;
  }

  recordException(): void {
    // Nothing is recorded.
  }

  end(): void {
    // Nothing was begun.
  }
}
