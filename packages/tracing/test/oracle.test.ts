import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { type DecodedSpan, decodeSpans } from './decode-otlp.ts';
import { MemoryTransport } from './memory-transport.ts';

const LIMITS = {
  attributeCountLimit: 5,
  attributeValueLengthLimit: 12,
  eventCountLimit: 3,
  linkCountLimit: 2,
  attributePerEventCountLimit: 2,
  attributePerLinkCountLimit: 2,
};

/** One step of a program; spans are named by the order in which they were started. */
type Step =
  | {
      do: 'start';
      name: string;
      parent: number;
      options: Omit<SpanOptions, 'links'>;
      links: readonly number[];
    }
  | { do: 'attribute'; on: number; key: string; value: unknown }
  | { do: 'attributes'; on: number; attributes: Attributes }
  | { do: 'event'; on: number; name: string; attributes: Attributes; time: number }
  | { do: 'link'; on: number; to: number; attributes: Attributes }
  | { do: 'status'; on: number; code: number; message: string }
  | { do: 'rename'; on: number; name: string }
  | {
      do: 'exception';
      on: number;
      exception: string | { name: string; message: string; code?: string; stack?: string };
    }
  | { do: 'end'; on: number; time: number };

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g') },
  // OpenTelemetry's own sets the prototype of its attributes by that key, and loses the value; ours keeps it.
  { weight: 1, arbitrary: text.filter((name) => name !== '__proto__') },
);
const primitive = fc.oneof(
  text,
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: false }).filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
  fc.boolean(),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: primitive },
  { weight: 1, arbitrary: fc.array(primitive, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'z'), primitive, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, Symbol('no'), () => 0, new Date(0), /re/) },
);
const attributes = fc.dictionary(key, value, { maxKeys: 8 }) as fc.Arbitrary<Attributes>;
const index = fc.nat({ max: 5 });
/** Above `performance.now()`, so that both read it as milliseconds of the epoch. */
const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      name: text,
      parent: fc.integer({ min: -2, max: 5 }),
      options: fc.record(
        { kind: fc.integer({ min: 0, max: 4 }), attributes, startTime: time, root: fc.boolean() },
        { requiredKeys: ['startTime'] },
      ),
      links: fc.array(index, { maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('attribute' as const), on: index, key, value }) },
  fc.record({ do: fc.constant('attributes' as const), on: index, attributes }),
  fc.record({ do: fc.constant('event' as const), on: index, name: text, attributes, time }),
  fc.record({ do: fc.constant('link' as const), on: index, to: index, attributes }),
  fc.record({
    do: fc.constant('status' as const),
    on: index,
    code: fc.integer({ min: 0, max: 2 }),
    message: text,
  }),
  fc.record({ do: fc.constant('rename' as const), on: index, name: text }),
  fc.record({
    do: fc.constant('exception' as const),
    on: index,
    exception: fc.oneof(
      text,
      fc.record(
        { name: text, message: text, code: text, stack: text },
        // Without a prototype, name and message OpenTelemetry's own throws.
        { requiredKeys: ['name', 'message'], noNullPrototype: true },
      ),
    ),
  }),
  fc.record({ do: fc.constant('end' as const), on: index, time }),
);

const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};

/** Runs the program; gives the spans in the order they were started, so that ids can be compared by place. */
function run(tracer: Tracer, program: readonly Step[]): Span[] {
  const spans: Span[] = [];
  const contextOf = (place: number): Context => {
    if (place === -2) return trace.setSpanContext(ROOT_CONTEXT, REMOTE);
    const parent = spans[place];
    return parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  };
  const linkTo = (place: number, given?: Attributes): Link => ({
    context: spans[place]?.spanContext() ?? REMOTE,
    ...(given && { attributes: given }),
  });
  for (const each of program) {
    if (each.do === 'start') {
      const options = { ...each.options, links: each.links.map((to) => linkTo(to)) };
      spans.push(tracer.startSpan(each.name, options, contextOf(each.parent)));
      continue;
    }
    const span = spans[each.on];
    if (span === undefined) continue;
    if (each.do === 'attribute') span.setAttribute(each.key, each.value);
    else if (each.do === 'attributes') span.setAttributes(each.attributes);
    else if (each.do === 'event') span.addEvent(each.name, each.attributes, each.time);
    else if (each.do === 'link') span.addLink(linkTo(each.to, each.attributes));
    else if (each.do === 'status') span.setStatus({ code: each.code, message: each.message });
    else if (each.do === 'rename') span.updateName(each.name);
    else if (each.do === 'exception') span.recordException(each.exception, 1_800_000_000_000);
    else span.end(each.time);
  }
  for (const span of spans) if (span.isRecording()) span.end(1_900_000_000_001);
  return spans;
}

/** Ids become the place of the span they name; what OTLP leaves open (defaults, order of keys) is levelled. */
function comparable(exported: readonly DecodedSpan[], started: readonly Span[]): unknown {
  const places = new Map<string, string>();
  started.forEach((span, place) => {
    const { traceId, spanId } = span.spanContext();
    places.set(spanId, `span ${place}`);
    if (!places.has(traceId)) places.set(traceId, `trace of ${place}`);
  });
  const name = (id: unknown) => (typeof id === 'string' ? (places.get(id) ?? id) : undefined);
  const known = (each: Record<string, unknown>) => ({
    ...each,
    traceId: name(each.traceId),
    spanId: name(each.spanId),
    // Ours tells that its trace ids are random (W3C level 2, bit 1).
    flags: typeof each.flags === 'number' ? each.flags & ~2 : undefined,
  });
  return exported
    .map((span) => ({
      ...defaults(known(span)),
      parentSpanId: name(span.parentSpanId),
      links: (span.links as Record<string, unknown>[]).map((link) => defaults(known(link))),
      events: (span.events as Record<string, unknown>[]).map(defaults),
      status: defaults((span.status ?? {}) as Record<string, unknown>),
    }))
    .sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
}

const placeOf = (span: Record<string, unknown>) => String(span.spanId);

/** A field at its default is the same as a field left out. */
function defaults(each: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(each).filter(([, given]) => given !== 0 && given !== '' && given !== undefined),
  );
}

async function exportOurs(program: readonly Step[]): Promise<unknown> {
  const transport = new MemoryTransport();
  const service = new TracingService({ transport, limits: LIMITS, flushOnExit: false }, {});
  const spans = run(service.getTracer('oracle'), program);
  await service.stop();
  return comparable(transport.spans, spans);
}

function exportTheirs(program: readonly Step[]): unknown {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({}),
    spanLimits: LIMITS,
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const spans = run(provider.getTracer('oracle'), program);
  const bytes = ProtobufTraceSerializer.serializeRequest(ended);
  return comparable(bytes === undefined ? [] : decodeSpans(bytes), spans);
}

describe("the tracer against OpenTelemetry's own", () => {
  it('exports equal spans for random programs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (program) => {
        expect(await exportOurs(program)).toEqual(exportTheirs(program));
      }),
      { numRuns: 200 },
    );
  });
});
