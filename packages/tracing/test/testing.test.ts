import { SpanKind } from '@opentelemetry/api';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  assertSpan,
  printTree,
  type RecordedSpan,
  recordSpans,
  type SpanMatchers,
  spanMatchers,
} from '../src/testing.ts';

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends SpanMatchers<R> {}
}
expect.extend(spanMatchers);

const { tracing, spans } = recordSpans();
await tracing.start();
afterAll(() => tracing.stop());
beforeEach(() => spans.clear());

const handle = tracing.traceRequest('handle')((id: number) => {
  tracing.addSpanAttributes({ id, tags: ['a', 'b'], odd: [1n, Number.NaN, Uint8Array.of(7)] as never });
  tracing.addSpanEvent('cached');
  return tracing.traceRequest('load')(() => {
    if (id < 0) throw new Error('no such id');
    return id;
  })();
});
const messageOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it passed');
};

describe('the recorder', { timeout: 20_000 }, () => {
  it('finds spans by name, pattern and condition', () => {
    handle(1);
    expect(spans.all.map(({ name }) => name)).toEqual(['load', 'handle']);
    expect(spans.find('load')?.kind).toBe('internal');
    expect(spans.find(/^han/)?.name).toBe('handle');
    expect(spans.findAll(({ parentSpanId }) => parentSpanId !== null)).toHaveLength(1);
    expect(spans.find('nothing')).toBeUndefined();
    spans.clear();
    expect(spans.all).toEqual([]);
  });

  it('waits for a span that has not ended yet', async () => {
    const waiting = spans.waitFor('late');
    const span = tracing.getTracer('test').startSpan('late', { kind: SpanKind.PRODUCER });
    setImmediate(() => span.end());
    expect(await waiting).toMatchObject({ name: 'late', kind: 'producer', scope: 'test' });
  });

  it('fails with the spans that did end', async () => {
    handle(1);
    await expect(spans.waitFor('nothing', { timeoutMs: 1 })).rejects.toThrow(
      'no span nothing within 1 ms; these ended:\nhandle (internal)',
    );
  });

  it('a condition that throws fails the wait, not the program', async () => {
    const waiting = spans.waitFor(({ name }) => {
      if (name === 'load') throw new Error('a broken condition');
      return false;
    });
    const failed = expect(waiting).rejects.toThrow('a broken condition');
    expect(handle(1)).toBe(1);
    await failed;
  });

  it('prints trees without what differs from run to run', () => {
    expect(() => handle(-1)).toThrow('no such id');
    const first = spans.print();
    expect(first).toBe(
      [
        'handle (internal) [error: no such id] id=-1 tags=["a","b"] odd=[1n,NaN,bytes(07)]',
        '  * cached',
        '  * exception',
        '  load (internal) [error: no such id]',
        '    * exception',
      ].join('\n'),
    );
    spans.clear();
    expect(() => handle(-1)).toThrow();
    expect(printTree(spans.all)).toBe(first);
  });
});

describe('matchers', () => {
  const both = (): [RecordedSpan, RecordedSpan] => {
    handle(7);
    const [load, parent] = spans.all;
    if (load === undefined || parent === undefined) throw new Error('two spans were made');
    return [parent, load];
  };

  it('toHaveAttributes', () => {
    const [parent] = both();
    expect(parent).toHaveAttributes({ id: 7, tags: ['a', 'b'], odd: [1n, Number.NaN, Uint8Array.of(7)] });
    expect(parent).not.toHaveAttributes({ id: '7' });
    expect(messageOf(() => expect(parent).toHaveAttributes({ id: 8, tags: 1n, none: 0 }))).toBe(
      'span handle: id is 7, expected 8; tags is ["a","b"], expected 1n; none is undefined, expected 0',
    );
    expect(messageOf(() => expect(parent).not.toHaveAttributes({ id: 7 }))).toBe(
      'span handle: has id 7, expected otherwise',
    );
  });

  it('toHaveStatus', () => {
    const [parent] = both();
    expect(parent).toHaveStatus('unset');
    expect(parent).not.toHaveStatus('error');
    expect(messageOf(() => expect(parent).toHaveStatus('error'))).toBe(
      'span handle: has status unset, expected error',
    );
  });

  it('toBeChildOf', () => {
    const [parent, load] = both();
    expect(load).toBeChildOf(parent);
    expect(parent).not.toBeChildOf(load);
    expect(load).not.toBeChildOf({ ...parent, traceId: '0'.repeat(32) });
    expect(messageOf(() => expect(parent).toBeChildOf(load))).toMatch(
      /^span handle: has parent null in trace/,
    );
  });

  it('a missing span fails, behind .not as well', () => {
    expect(messageOf(() => expect(spans.find('x')).toHaveStatus('ok'))).toMatch(/no such span/);
    expect(messageOf(() => expect(spans.find('x')).not.toHaveAttributes({}))).toMatch(/no such span/);
  });

  it('assertSpan says the same', () => {
    const [parent, load] = both();
    assertSpan(load, { attributes: {}, status: 'unset', childOf: parent });
    expect(() => assertSpan(parent, { attributes: { id: 8 } })).toThrow('id is 7, expected 8');
    expect(() => assertSpan(parent, { status: 'ok' })).toThrow('has status unset, expected ok');
    expect(() => assertSpan(parent, { childOf: load })).toThrow('has parent null');
    expect(() => assertSpan(load, { childOf: undefined })).toThrow('no such span');
    expect(() => assertSpan(undefined, {})).toThrow('no such span');
  });
});
