import { type Context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';

/** The API's own keys: `createContextKey` is `Symbol.for`, so they are the same in every copy of the API. */
export const SPAN_KEY: symbol = Symbol.for('OpenTelemetry Context Key SPAN');
export const SUPPRESS_TRACING_KEY: symbol = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * A context is a span and a bag of everything else. A span of ours is itself the context it is active in
 * (its `bag` holds the rest), so that making it active costs no object; this frame is for other spans.
 * A bag never holds a span: otherwise each span would keep its ancestors alive.
 */
export class SpanFrame implements Context {
  readonly span: Span | undefined;
  readonly bag: Context;

  constructor(span: Span | undefined, bag: Context) {
    this.span = span;
    this.bag = bag;
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this.span : this.bag.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return withValue(this.span, this.bag, key, value);
  }

  deleteValue(key: symbol): Context {
    return withoutValue(this.span, this.bag, key);
  }
}

/** A span that is its own context: what `startSpan` and the instrumentations put into async storage. */
export interface ContextualSpan extends Span, Context {
  readonly bag: Context;
}

export function isContextual(context: unknown): context is ContextualSpan {
  return typeof context === 'object' && context !== null && 'bag' in context && 'spanContext' in context;
}

/** Whether tracing itself, or `withoutTracing`, works here. Most contexts are a span around the root: no look-up then. */
export function isSuppressed(context: Context): boolean {
  if (context === ROOT_CONTEXT || (context as Partial<SpanFrame>).bag === ROOT_CONTEXT) return false;
  return context.getValue(SUPPRESS_TRACING_KEY) === true;
}

/** The context without its span. */
export function bagOf(context: Context): Context {
  if (context === ROOT_CONTEXT) return context;
  if ('bag' in context) return (context as SpanFrame | ContextualSpan).bag;
  if (context.getValue(SPAN_KEY) === undefined) return context;
  let bag = bags.get(context);
  if (bag === undefined) {
    bag = context.deleteValue(SPAN_KEY);
    bags.set(context, bag);
  }
  return bag;
}

/** Of the API's own contexts, whose `deleteValue` makes a context with six closures: each span begun in one asks. */
const bags = new WeakMap<Context, Context>();

export function withValue(span: Span | undefined, bag: Context, key: symbol, value: unknown): Context {
  if (key !== SPAN_KEY) return new SpanFrame(span, bag.setValue(key, value));
  if (isContextual(value) && value.bag === bag) return value;
  return new SpanFrame(value as Span, bag);
}

export function withoutValue(span: Span | undefined, bag: Context, key: symbol): Context {
  return key === SPAN_KEY ? bag : new SpanFrame(span, bag.deleteValue(key));
}
