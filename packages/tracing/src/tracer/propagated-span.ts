import type { Attributes, Context, Link, SpanContext, TimeInput } from '@opentelemetry/api';
import { type ContextualSpan, SPAN_KEY, withoutValue, withValue } from '../context/span-frame.ts';

/** A span that is not recorded: it only carries its context onward. Like a recording one, it is a context. */
export class PropagatedSpan implements ContextualSpan {
  readonly bag: Context;
  correlationId: string;
  private readonly own: SpanContext;

  constructor(own: SpanContext, bag: Context, correlationId = '') {
    this.own = own;
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

  spanContext(): SpanContext {
    return this.own;
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
