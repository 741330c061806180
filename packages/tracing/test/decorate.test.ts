import { runInNewContext } from 'node:vm';
import { transformSync } from '@swc/core';
import { describe, expect, it } from 'vitest';
import { recordSpans } from '../src/testing.ts';

const { tracing, spans } = recordSpans();
await tracing.start();

describe('traceRequest', () => {
  it('passes result, this, arguments and name of a sync function through', () => {
    spans.clear();
    const traced = tracing.traceRequest()(function add(this: { base: number }, a: number, b: number) {
      return this.base + a + b;
    });
    expect(traced.call({ base: 1 }, 2, 3)).toBe(6);
    expect([traced.name, traced.length]).toEqual(['add', 2]);
    expect(spans.print()).toBe('add (internal)');
  });

  it('lasts as long as the promise of an async function', async () => {
    spans.clear();
    const load = tracing.traceRequest('load')(async (id: string) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      tracing.addSpanAttributes({ id });
      tracing.addSpanEvent('loaded', { rows: 2 });
      return tracing.getCurrentSpanId();
    });
    const spanId = await load('a');
    const span = spans.find('load');
    expect(span?.spanId).toBe(spanId);
    expect(span?.durationMs).toBeGreaterThan(15);
    expect(span?.attributes).toEqual({ id: 'a' });
    expect(span?.events).toEqual([{ name: 'loaded', attributes: { rows: 2 } }]);
  });

  it('records and rethrows the very error that was thrown', async () => {
    spans.clear();
    const error = new TypeError('broken');
    const sync = tracing.traceRequest('sync')(() => {
      throw error;
    });
    const later = tracing.traceRequest('later')(async () => Promise.reject(error));
    expect(sync).toThrow(error);
    await expect(later()).rejects.toBe(error);
    for (const name of ['sync', 'later']) {
      const span = spans.find(name);
      expect(span?.status).toEqual({ code: 'error', message: 'broken' });
      expect(span?.events[0]?.attributes).toMatchObject({
        'exception.type': 'TypeError',
        'exception.message': 'broken',
        'exception.stacktrace': expect.stringContaining('decorate.test'),
      });
    }
  });

  it('traces a generator over its whole life, with values sent in and an early return', () => {
    spans.clear();
    const seen: unknown[] = [];
    const count = tracing.traceRequest('count')(function* (from: number): Generator<number, string, string> {
      try {
        seen.push(yield from, tracing.getCurrentSpanId());
        yield from + 1;
        return 'end';
      } finally {
        seen.push('clean');
      }
    });
    const walk = count(5);
    expect(spans.all).toHaveLength(0);
    expect(walk.next()).toEqual({ value: 5, done: false });
    expect(walk.next('sent')).toEqual({ value: 6, done: false });
    expect(walk.return('early')).toEqual({ value: 'early', done: true });
    expect(seen).toEqual(['sent', spans.find('count')?.spanId, 'clean']);
    expect([...(count(1) as Generator<number>)]).toEqual([1, 2]);
  });

  it('traces an async generator and what it throws', async () => {
    spans.clear();
    const pages = tracing.traceRequest('pages')(async function* () {
      yield 1;
      throw new Error('no more');
    });
    const got: number[] = [];
    await expect(
      (async () => {
        for await (const page of pages()) got.push(page);
      })(),
    ).rejects.toThrow('no more');
    expect(got).toEqual([1]);
    expect(spans.find('pages')?.status.code).toBe('error');
  });

  it('nests: a traced call within another is its child', async () => {
    spans.clear();
    const inner = tracing.traceRequest('inner')(async () => 1);
    const outer = tracing.traceRequest('outer')(async () => (await inner()) + 1);
    expect(await outer()).toBe(2);
    expect(spans.print()).toBe('outer (internal)\n  inner (internal)');
  });

  for (const [form, decoratorVersion] of [
    ['standard', '2022-03'],
    ['legacy', undefined],
  ] as const) {
    it(`works as a ${form} decorator`, async () => {
      spans.clear();
      const source = `class Insights {
        factor = 2;
        @tracing.traceRequest() async process(n: number) { return n * this.factor; }
        @tracing.traceRequest('named') plain(n: number) { return n + this.factor; }
      }
      made.insights = new Insights();`;
      const { code } = transformSync(source, {
        isModule: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          transform: decoratorVersion === undefined ? { legacyDecorator: true } : { decoratorVersion },
        },
      });
      const made = {} as { insights: { process(n: number): Promise<number>; plain(n: number): number } };
      new Function('tracing', 'made', code)(tracing, made);
      const { insights } = made;
      expect(await insights.process(4)).toBe(8);
      expect(insights.plain(4)).toBe(6);
      expect(spans.all.map(({ name }) => name)).toEqual(['process', 'named']);
    });
  }

  it('runs the function as it is while tracing is off', () => {
    const off = recordSpans();
    expect(off.tracing.traceRequest('x')(() => off.tracing.getCurrentTraceId())()).toBeNull();
    expect(off.spans.all).toHaveLength(0);
  });

  it('a generator answers from outside as it does without tracing', () => {
    const plain = function* (): Generator<unknown, void, unknown> {
      try {
        yield `got ${yield 1}`;
      } catch (error) {
        yield `caught ${error}`;
      } finally {
        yield 'cleaning up';
      }
    };
    const traced = tracing.traceRequest()(plain);
    for (const end of ['next', 'return', 'throw'] as const) {
      const answers = [plain(), traced()].map((generator) => [
        generator.next(),
        generator.next('a'),
        generator[end]('b'),
        generator.next('c'),
        generator.next(),
      ]);
      expect(answers[1]).toEqual(answers[0]);
    }
  });

  it('leaves classes, what hangs on functions and on promises, as they are', async () => {
    spans.clear();
    class Base {
      static made = () => 'by Base';
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
    }
    const Traced = tracing.traceRequest()(Base as never) as unknown as typeof Base;
    class Derived extends Traced {}
    expect([new Traced(1), new Derived(2)]).toMatchObject([{ x: 1 }, { x: 2 }]);
    expect([new Traced(1) instanceof Base, new Derived(2) instanceof Derived]).toEqual([true, true]);
    expect(Derived.made()).toBe('by Base');
    const request = tracing.traceRequest('request')(() => Object.assign(Promise.resolve(1), { pid: 7 }));
    expect([request().pid, await request()]).toEqual([7, 1]);
    const arrow = Object.assign(() => 1, { displayName: 'one' });
    expect(tracing.traceRequest()(arrow).displayName).toBe('one');
  });

  it('knows a promise of another realm', async () => {
    spans.clear();
    const foreign = runInNewContext(
      'async () => { await null; throw new TypeError("foreign"); }',
    ) as () => unknown;
    await expect(tracing.traceRequest('foreign')(foreign)()).rejects.toThrow('foreign');
    expect(spans.find('foreign')?.status.code).toBe('error');
  });

  it('a generator whose clean-up throws has ended all the same', async () => {
    spans.clear();
    const broken = tracing.traceRequest('broken')(function* () {
      try {
        yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what is tested
        throw new Error('cleaning up');
      }
    });
    const later = tracing.traceRequest('later')(async function* () {
      yield* broken();
    });
    expect(() => {
      for (const _ of broken()) break;
    }).toThrow('cleaning up');
    await expect(async () => {
      for await (const _ of later()) break;
    }).rejects.toThrow('cleaning up');
    expect(spans.all.map(({ name }) => name).toSorted()).toEqual(['broken', 'broken', 'later']);
  });

  it('throws on what a function threw, whatever it is', () => {
    const strange = new Error('strange');
    Object.defineProperty(strange, 'stack', {
      get() {
        throw new Error('no stack');
      },
    });
    for (const thrown of [Object.create(null), undefined, null, 0, strange]) {
      let caught: unknown = 'nothing';
      try {
        tracing.traceRequest('strange')(() => {
          throw thrown;
        })();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    }
    expect(spans.findAll('strange').map(({ status }) => status.code)).toEqual(Array(5).fill('error'));
  });
});
