import { types } from 'node:util';
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
  const wrapper: Callable =
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
        : function (this: unknown, ...args: unknown[]): unknown {
            const span = startSpan(name);
            const made: Callable | undefined = new.target === wrapper ? fn : new.target;
            const call = (): unknown =>
              made === undefined ? fn.apply(this, args) : Reflect.construct(fn, args, made);
            return span === null ? call() : traceCall(span, call);
          };
  if (fn.prototype !== undefined && !kind.endsWith('GeneratorFunction')) passAsClass(wrapper, fn);
  for (const key of Object.keys(fn)) Object.assign(wrapper, { [key]: fn[key as never] });
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true });
  return wrapper as unknown as F;
}

/** What can be constructed has instances, and static methods. */
function passAsClass(wrapper: Callable, fn: Callable): void {
  Object.setPrototypeOf(wrapper, fn);
  wrapper.prototype = fn.prototype;
}

/** Promises of other realms (node:vm) are no instances of this one's. */
function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise || (typeof value === 'object' && types.isPromise(value));
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
    // Not what only has a `then`: calling it may begin the work.
    if (!isPromise(result)) {
      span.end();
      return result;
    }
    const traced = result.then(
      (value) => {
        span.end();
        return value;
      },
      (error) => {
        fail(span, error);
        throw error;
      },
    );
    // Requests of HTTP clients and the like have methods of their own.
    for (const key of Object.keys(result)) Object.assign(traced, { [key]: result[key as never] });
    return traced;
  } catch (error) {
    fail(span, error);
    throw error;
  }
}

/**
 * The span lasts from the first `next()` to the end, and is active while the generator's own code runs. `yield*` passes
 * on whatever comes from outside, and what the generator answers to it.
 */
function traceGenerator(span: Span, begin: () => Generator): Generator {
  const inner = inSpan(span, begin);
  const step = (go: () => IteratorResult<unknown>) => {
    try {
      const result = inSpan(span, go);
      if (result.done === true) span.end();
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    }
  };
  return stepwise(inner, step);
}

function traceAsyncGenerator(span: Span, begin: () => AsyncGenerator): AsyncGenerator {
  const inner = inSpan(span, begin);
  const step = async (go: () => Promise<IteratorResult<unknown>>) => {
    try {
      const result = await inSpan(span, go);
      if (result.done === true) span.end();
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    }
  };
  return stepwise(inner, step);
}

/** The same generator, of which each step, however it is asked for, is taken by `step`. */
function stepwise<G extends Generator | AsyncGenerator>(
  inner: G,
  step: (go: () => ReturnType<G['next']>) => unknown,
): G {
  const by = (how: 'next' | 'return' | 'throw') => (value: unknown) =>
    step(() => inner[how](value as never) as ReturnType<G['next']>);
  return Object.assign(Object.create(inner) as G, {
    next: by('next'),
    return: by('return'),
    throw: by('throw'),
  });
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
