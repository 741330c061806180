import {
  defaultTextMapSetter,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCloudTraceContext, parseCloudTraceContext } from '../src/propagation/cloud-trace-context.ts';
import { Propagator } from '../src/propagation/propagator.ts';
import { joinsTrace } from '../src/propagation/remote-parent.ts';
import { W3CTraceState } from '../src/propagation/trace-state.ts';

const TRACE = '105445aa7843bc8bf206b12000100000';
const everything = new Propagator({ formats: ['tracecontext', 'cloud-trace', 'baggage', 'b3', 'b3multi'] });
const read = (headers: Record<string, string | string[]>, propagator = everything) =>
  propagator.read(ROOT_CONTEXT, (name) => headers[name]);
const parentOf = (headers: Record<string, string>) => trace.getSpanContext(read(headers));

describe('X-Cloud-Trace-Context', () => {
  const spanId = '000000000000004a';
  it.each([
    [`${TRACE}/74;o=1`, spanId, true],
    [`${TRACE}/74;o=`, spanId, null],
    [`${TRACE}/74`, spanId, null],
    [`${TRACE}/;o=1`, null, true],
    [`${TRACE}/;o=`, null, null],
    [`${TRACE}/`, null, null],
    [`${TRACE};o=1`, null, true],
    [`${TRACE};o=`, null, null],
    [TRACE, null, null],
    [`${TRACE.toUpperCase()}/74;o=0`, spanId, false],
    [`${TRACE}/74;o=2`, spanId, false],
    [`${TRACE}/74;o=3`, spanId, true],
    [`${TRACE}/74;o=1;foo`, spanId, true],
    [`${TRACE}/0;o=1`, null, true],
    [`${TRACE}/18446744073709551615`, 'ffffffffffffffff', null],
  ])('reads %s', (header, span, sampled) => {
    expect(parseCloudTraceContext(header)).toEqual({ traceId: TRACE, spanId: span, sampled });
  });

  it.each([
    '',
    'x',
    TRACE.slice(1),
    `${TRACE}0`,
    `${TRACE}/18446744073709551616`,
    `${TRACE}/-1`,
    `${TRACE}/1f`,
    '00000000000000000000000000000000/1;o=1',
    `${TRACE}/1;o=x`,
  ])('refuses %j', (header) => {
    expect(parseCloudTraceContext(header)).toBeNull();
  });

  it('writes the span id as an unsigned decimal, and reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.boolean(), (id, sampled) => {
        const spanIdText = id.toString(16).padStart(16, '0');
        const header = formatCloudTraceContext({
          traceId: TRACE,
          spanId: spanIdText,
          traceFlags: sampled ? 3 : 2,
        });
        expect(header).toBe(`${TRACE}/${id};o=${sampled ? 1 : 0}`);
        expect(parseCloudTraceContext(header)).toEqual({ traceId: TRACE, spanId: spanIdText, sampled });
      }),
    );
  });
});

describe('the propagator', () => {
  it('never throws and never makes an invalid context, whatever the headers hold', () => {
    const near = fc.stringMatching(/^[0-9a-f]{2}-?[0-9a-fA-F]{30,34}[-/;]?[0-9a-f]{0,20}-?[0-9a-f;o=]{0,6}$/);
    const garbage = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('\u{1f600}', '\ud800', 'ß-00'),
      near,
      fc.constant('0'.repeat(5000)),
      fc.constant(`b=${','.repeat(3000)}`),
    );
    const headers = fc.dictionary(
      fc.constantFrom(
        'traceparent',
        'tracestate',
        'x-cloud-trace-context',
        'b3',
        'baggage',
        'x-b3-traceid',
        'x-b3-spanid',
        'x-b3-sampled',
      ),
      fc.oneof(garbage, fc.array(garbage, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(headers, (given) => {
        const context = trace.getSpanContext(read(given));
        if (context !== undefined) expect(isSpanContextValid(context) || joinsTrace(context)).toBe(true);
        context?.traceState?.serialize();
      }),
      { numRuns: 300 },
    );
  });

  it('reads traceparent of later versions, and ignores broken ones', () => {
    const body = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
    expect(parentOf({ traceparent: `00-${body}-03` })?.traceFlags).toBe(3);
    expect(parentOf({ traceparent: `cc-${body}-01-what-the-future` })?.spanId).toBe('b7ad6b7169203331');
    for (const broken of [
      `00-${body}-01-more`,
      `ff-${body}-01`,
      `00-${body.toUpperCase()}-01`,
      `00-${body}-1`,
    ]) {
      expect(parentOf({ traceparent: broken })).toBeUndefined();
    }
  });

  it('reads B3 in both forms, with 64-bit trace ids and open decisions', () => {
    expect(parentOf({ b3: 'a3ce929d0e0e4736-00f067aa0ba902b7-1' })).toMatchObject({
      traceId: '0000000000000000a3ce929d0e0e4736',
      traceFlags: 1,
    });
    expect(parentOf({ 'x-b3-traceid': TRACE, 'x-b3-spanid': '00f067aa0ba902b7' })).toMatchObject({
      samplingDeferred: true,
    });
    expect(parentOf({ b3: '0' })).toBeUndefined();
  });

  it('writes B3 in the forms that were asked for, and reads them back', () => {
    const spanContext = { traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags: 1 };
    const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
    const expected = {
      b3: { b3: `${TRACE}-00f067aa0ba902b7-1` },
      b3multi: { 'x-b3-traceid': TRACE, 'x-b3-spanid': '00f067aa0ba902b7', 'x-b3-sampled': '1' },
    } as const;
    for (const format of ['b3', 'b3multi'] as const) {
      const headers: Record<string, string> = {};
      const own = new Propagator({ formats: [format] });
      own.inject(context, headers, defaultTextMapSetter);
      expect(headers).toEqual(expected[format]);
      expect(own.parentOf((name) => headers[name])).toMatchObject(spanContext);
    }
  });

  it('keeps the caller’s parent where a front end has rewritten traceparent', () => {
    const own = new Propagator({ parentHeader: 'X-Utxoiq-Parent' });
    const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const rewritten = '00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-00';
    const headers: Record<string, string> = { traceparent: rewritten, 'x-utxoiq-parent': caller };
    const parent = own.parentOf((name) => headers[name]);
    expect(parent).toMatchObject({ spanId: 'b7ad6b7169203331', traceFlags: 1 });
    const written: Record<string, string> = {};
    own.inject(
      trace.setSpanContext(ROOT_CONTEXT, parent ?? (undefined as never)),
      written,
      defaultTextMapSetter,
    );
    expect(written['x-utxoiq-parent']).toBe(caller);
  });

  it('carries baggage there and back', () => {
    const given = propagation.createBaggage({ user: { value: 'Zoë, 7=7' }, plan: { value: 'pro' } });
    const headers: Record<string, string> = {};
    everything.inject(propagation.setBaggage(ROOT_CONTEXT, given), headers, defaultTextMapSetter);
    expect(propagation.getBaggage(read(headers))?.getAllEntries()).toEqual(given.getAllEntries());
  });
});

describe('tracestate', () => {
  it('is read from all of its headers', () => {
    const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, tracestate: ['a=1', 'b=2'] };
    expect(trace.getSpanContext(read(headers))?.traceState?.serialize()).toBe('a=1,b=2');
  });

  it('keeps order, puts what is set first, and drops malformed members', () => {
    const state = new W3CTraceState('a=1, b=2,BAD=3,a=9,=x,c');
    expect(state.serialize()).toBe('a=1,b=2');
    expect(new W3CTraceState('1a=1,a@1b@c=2').serialize()).toBe('1a=1,a@1b@c=2'); // Keys of level 2.
    expect(state.set('b', '3').serialize()).toBe('b=3,a=1');
    expect(state.unset('a').serialize()).toBe('b=2');
    expect(state.set('b', 'no,comma')).toBe(state);
  });

  it('stays within 32 members and 512 characters', () => {
    const many = new W3CTraceState(
      Array.from({ length: 60 }, (_, i) => `k${i}=${'v'.repeat(i % 30)}x`).join(','),
    );
    expect(many.serialize().split(',').length).toBeLessThanOrEqual(32);
    expect(many.serialize().length).toBeLessThanOrEqual(512);
  });
});
