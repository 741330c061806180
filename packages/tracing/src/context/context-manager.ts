import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { bindEmitter } from './bind-emitter.ts';

/** Of the process: a program may load this package as an ES module and as CommonJS, and has one context all the same. */
const STORE = Symbol.for('utxoiq.tracing.active-context.1');
const shared = globalThis as { [STORE]?: AsyncLocalStorage<Context> };
shared[STORE] ??= new AsyncLocalStorage<Context>();

/** The one store of the process: instrumentations read and enter it directly. */
export const activeContext: AsyncLocalStorage<Context> = shared[STORE];

export function currentContext(): Context {
  return activeContext.getStore() ?? ROOT_CONTEXT;
}

/** The API's context manager over `AsyncLocalStorage`. */
export class AsyncContextManager implements ContextManager {
  active(): Context {
    return activeContext.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const call = thisArg === undefined || thisArg === null ? fn : fn.bind(thisArg);
    return activeContext.run(context, call as (...args: A) => ReturnType<F>, ...args);
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) return bindEmitter(context, target, (ctx, fn) => this.bind(ctx, fn));
    if (typeof target !== 'function') return target;
    const original = target as unknown as (...args: unknown[]) => unknown;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return activeContext.run(context, () => original.apply(this, args));
    };
    Object.defineProperty(bound, 'length', { configurable: true, value: original.length });
    return bound as unknown as T;
  }

  attach(context: Context): { dispose(): void } {
    const previous = activeContext.getStore();
    let disposed = false;
    activeContext.enterWith(context);
    return {
      dispose() {
        if (!disposed) activeContext.enterWith(previous ?? ROOT_CONTEXT);
        disposed = true;
      },
    };
  }

  enable(): this {
    return this;
  }

  disable(): this {
    activeContext.disable();
    return this;
  }
}
