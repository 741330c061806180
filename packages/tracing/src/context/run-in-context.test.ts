import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId } from 'node:async_hooks';
import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeContext } from './context-manager.ts';
import { findFrameKey, runInContext, runnerOf } from './run-in-context.ts';

const KEY = createContextKey('depth');
const contexts = Array.from({ length: 4 }, (_, i) => ROOT_CONTEXT.setValue(KEY, i));
const other = new AsyncLocalStorage<string>();

/** A program of nested contexts and stores, awaits and throws. */
interface Nested {
  readonly kind: 'run' | 'other';
  readonly id: number;
  readonly inner: readonly Step[];
}
type Step = Nested | { readonly kind: 'await' } | { readonly kind: 'throw' };
const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 4 }),
  step: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom({ kind: 'await' as const }, { kind: 'throw' as const }),
    fc.record({
      kind: fc.constantFrom('run' as const, 'run' as const, 'other' as const),
      id: fc.nat({ max: 3 }),
      inner: tie('steps'),
    }),
  ),
}));

async function observe(program: readonly Step[], run: typeof runInContext): Promise<string[]> {
  const seen: string[] = [];
  const look = () => seen.push(`${activeContext.getStore()?.getValue(KEY)}/${other.getStore()}`);
  const play = async (part: readonly Step[]): Promise<void> => {
    for (const step of part) {
      look();
      if (step.kind === 'await') await Promise.resolve();
      else if (step.kind === 'throw') throw new Error('asked for');
      else {
        const inner = () => play(step.inner);
        const entered =
          step.kind === 'run'
            ? run(contexts[step.id] as Context, inner, undefined)
            : other.run(`${step.id}`, inner);
        look();
        await entered.catch(() => look());
      }
      look();
    }
  };
  await play(program).catch(() => look());
  return seen;
}

describe('runInContext', () => {
  it("shows programs the stores that AsyncLocalStorage's run shows them", async () => {
    const plain: typeof runInContext = (context, fn, argument) => activeContext.run(context, fn, argument);
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        expect(await observe(program, runInContext)).toEqual(await observe(program, plain));
      }),
    );
  });

  it('passes the argument, the result and what is thrown, and leaves no context behind', () => {
    const [context = ROOT_CONTEXT] = contexts;
    const before = activeContext.getStore();
    expect(runInContext(context, (word: string) => [word, activeContext.getStore()], 'x')).toEqual([
      'x',
      context,
    ]);
    const failing = () => {
      throw new RangeError('thrown');
    };
    expect(() => runInContext(context, failing, undefined)).toThrow(RangeError);
    expect(activeContext.getStore()).toBe(before);
  });

  it('tells async hooks whose work it is, as any AsyncResource does', () => {
    const triggers = new Map<number, number>();
    const hook = createHook({ init: (id, _type, trigger) => void triggers.set(id, trigger) }).enable();
    const outer = executionAsyncId();
    const inner = runInContext(contexts[0] as Context, () => executionAsyncId(), undefined);
    hook.disable();
    if (inner !== outer) expect(triggers.get(inner)).toBe(outer);
    expect(executionAsyncId()).toBe(outer);
  });

  it('finds the frame on a Node that has one, and uses nothing else', () => {
    const key = findFrameKey();
    const hasFrames = Object.getOwnPropertySymbols(new AsyncResource('test')).some(
      ({ description }) => description === 'context_frame',
    );
    expect(key === null).toBe(!hasFrames);
    const unknown = runnerOf(Symbol('no frame is here'));
    expect(unknown(contexts[1] as Context, () => activeContext.getStore(), undefined)).toBe(contexts[1]);
  });
});
