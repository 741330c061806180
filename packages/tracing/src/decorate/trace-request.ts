import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { currentContext } from '../context/context-manager.ts';
import { runInContext } from '../context/run-in-context.ts';
import { isContextual } from '../context/span-frame.ts';
import { textOf } from '../tracer/attribute-values.ts';

/** Every function is one of these: it may be traced, and its own type passes through unchanged. */
export type AnyFunction = (...args: never[]) => unknown;
type Callable = (...args: unknown[]) => unknown;

/** What `traceRequest()` gives: a wrapper for functions, a standard decorator, and a legacy one. */
export interface TraceDecorator {
  <F extends AnyFunction>(fn: F): F;
  <F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext): F;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
}

/** Null where nothing is traced: the function then runs as if it were not wrapped. */
export type StartSpan = (name: string) => Span | null;

/** Runs the function in a span; its result, `this` and what it throws pass through untouched. */
export function traceDecorator(startSpan: StartSpan, spanName?: string): TraceDecorator {
  const decorate = (target: unknown, key?: unknown, descriptor?: PropertyDescriptor) => {
    if (descriptor !== undefined) {
      const method = descriptor.value as AnyFunction;
      return { ...descriptor, value: wrap(method, spanName ?? textOf(key), startSpan) };
    }
    const fn = target as AnyFunction;
    const declared =
      typeof key === 'object' && key !== null ? String((key as { name: unknown }).name) : fn.name;
    return wrap(fn, spanName ?? (declared || 'anonymous'), startSpan);
  };
  return decorate as TraceDecorator;
}

function wrap<F extends AnyFunction>(traced: F, given: string, startSpan: StartSpan): F {
  const name = textOf(given);
  const fn = traced as unknown as Callable;
  if (typeof fn !== 'function') return traced;
  const kind = fn.constructor.name;
  const wrapper =
    kind === 'GeneratorFunction'
      ? function* (this: unknown, ...args: unknown[]) {
          const span = startSpan(name);
          const begin = () => fn.apply(this, args) as Generator;
          return yield* span === null ? begin() : traceGenerator(span, begin);
        }
      : kind === 'AsyncGeneratorFunction'
        ? async function* (this: unknown, ...args: unknown[]) {
            const span = startSpan(name);
            const begin = () => fn.apply(this, args) as AsyncGenerator;
            return yield* span === null ? begin() : traceAsyncGenerator(span, begin);
          }
        : function (this: unknown, ...args: unknown[]) {
            const span = startSpan(name);
            return span === null ? fn.apply(this, args) : traceCall(span, () => fn.apply(this, args));
          };
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true });
  return wrapper as unknown as F;
}

function inSpan<T>(span: Span, fn: () => T): T {
  const context = isContextual(span)
    ? span
    : currentContext().setValue(Symbol.for('OpenTelemetry Context Key SPAN'), span);
  return runInContext(context, fn, undefined);
}

function traceCall(span: Span, call: () => unknown): unknown {
  try {
    const result = inSpan(span, call);
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    return result.then(
      (value) => {
        span.end();
        return value;
      },
      (error) => {
        fail(span, error);
        throw error;
      },
    );
  } catch (error) {
    fail(span, error);
    throw error;
  }
}

/** The span lasts from the first `next()` to the end, and is active while the generator's own code runs. */
function* traceGenerator(span: Span, begin: () => Generator): Generator {
  const inner = inSpan(span, begin);
  let finished = false;
  try {
    let step = inSpan(span, () => inner.next());
    while (step.done !== true) {
      step = yield* passOn(step.value, span, inner);
    }
    finished = true;
    return step.value;
  } catch (error) {
    finished = true;
    recordFailure(span, error);
    throw error;
  } finally {
    // Left early by return(): the inner generator's own clean-up runs in the span as well.
    try {
      if (!finished) inSpan(span, () => inner.return(undefined));
    } finally {
      span.end();
    }
  }
}

function* passOn(value: unknown, span: Span, inner: Generator): Generator<unknown, IteratorResult<unknown>> {
  let sent: unknown;
  try {
    sent = yield value;
  } catch (error) {
    return inSpan(span, () => inner.throw(error));
  }
  return inSpan(span, () => inner.next(sent));
}

async function* traceAsyncGenerator(span: Span, begin: () => AsyncGenerator): AsyncGenerator {
  const inner = inSpan(span, begin);
  let finished = false;
  try {
    let step = await inSpan(span, () => inner.next());
    while (step.done !== true) {
      let sent: unknown;
      let thrown: { error: unknown } | null = null;
      try {
        sent = yield step.value;
      } catch (error) {
        thrown = { error };
      }
      const failure = thrown;
      step = await inSpan(span, () => (failure === null ? inner.next(sent) : inner.throw(failure.error)));
    }
    finished = true;
    return step.value;
  } catch (error) {
    finished = true;
    recordFailure(span, error);
    throw error;
  } finally {
    try {
      if (!finished) await inSpan(span, () => inner.return(undefined));
    } finally {
      span.end();
    }
  }
}

function fail(span: Span, error: unknown): void {
  recordFailure(span, error);
  span.end();
}

/** The program's error goes on whatever it is: a getter of it may throw, or it may have no text. */
function recordFailure(span: Span, error: unknown): void {
  try {
    const failure = error instanceof Error ? error : String(error);
    span.recordException(failure);
    const message = typeof failure === 'string' ? failure : failure.message;
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  } catch {
    span.setStatus({ code: SpanStatusCode.ERROR, message: typeof error });
  }
}
