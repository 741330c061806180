import * as grpc from '@grpc/grpc-js';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { recordSpans } from '../src/testing.ts';

const problems: string[] = [];
const { tracing, spans } = recordSpans({ onProblem: ({ message }) => problems.push(message) });
await tracing.start();
tracing.instrumentGrpc({ grpc, ignore: (path) => path.endsWith('/Ignored') });

const json = {
  requestSerialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  requestDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()),
  responseSerialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  responseDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()),
};
const method = (name: string, requestStream = false, responseStream = false) => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  ...json,
});
const definition = {
  Unary: method('Unary'),
  Ignored: method('Ignored'),
  Fail: method('Fail'),
  Slow: method('Slow'),
  Collect: method('Collect', true),
  List: method('List', false, true),
  Chat: method('Chat', true, true),
};

type Headers = Record<string, string>;
const seen = (metadata: grpc.Metadata) => metadata.getMap() as Headers;
const innerSpan = () => tracing.traceRequest('inner')(() => tracing.getCurrentTraceId())();

const server = new grpc.Server();
server.addService(definition, {
  Unary: (call: grpc.ServerUnaryCall<unknown, unknown>, done: grpc.sendUnaryData<unknown>) => {
    innerSpan();
    done(null, seen(call.metadata));
  },
  Ignored: (_call: unknown, done: grpc.sendUnaryData<unknown>) => done(null, {}),
  Fail: (_call: unknown, done: grpc.sendUnaryData<unknown>) =>
    done({ code: grpc.status.NOT_FOUND, details: 'no such thing' }),
  Slow: () => {},
  Collect: (call: grpc.ServerReadableStream<unknown, unknown>, done: grpc.sendUnaryData<unknown>) => {
    let count = 0;
    call.on('data', () => count++);
    call.on('end', () => {
      innerSpan();
      done(null, count);
    });
  },
  List: (call: grpc.ServerWritableStream<unknown, unknown>) => {
    innerSpan();
    for (const word of ['a', 'b', 'c']) call.write(word);
    call.end();
  },
  Chat: (call: grpc.ServerDuplexStream<unknown, unknown>) => {
    call.on('data', (word) => {
      if (word === 'fail')
        call.emit('error', Object.assign(new Error('broken'), { code: grpc.status.INTERNAL }));
      else call.write(word);
    });
    call.on('end', () => call.end());
  },
});
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});
const Echo = grpc.makeGenericClientConstructor(definition, 'Echo');
const client = new Echo(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
// biome-ignore lint/suspicious/noExplicitAny: generic clients have their methods by name only
const methods = client as any;

afterAll(async () => {
  client.close();
  server.forceShutdown();
  await tracing.stop();
});
beforeEach(() => spans.clear());

function unary(name: string, metadata = new grpc.Metadata(), options: grpc.CallOptions = {}) {
  return new Promise<Headers>((resolve, reject) => {
    methods[name]({ q: 1 }, metadata, options, (error: Error | null, answer: Headers) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
}
const inSpan = tracing.traceRequest('work');
const ended = async (kind: 'client' | 'server') => spans.waitFor((span) => span.kind === kind);

describe('gRPC', () => {
  it('a unary call is one trace: caller, client, server, handler', async () => {
    const answer = await inSpan(() => unary('Unary'))();
    const [client, server] = [await ended('client'), await ended('server')];
    const work = await spans.waitFor('work');
    expect(client).toMatchObject({ name: 'test.Echo/Unary', parentSpanId: work.spanId });
    expect(server).toMatchObject({ name: 'test.Echo/Unary', parentSpanId: client.spanId });
    expect(spans.find('inner')).toMatchObject({ parentSpanId: server.spanId, traceId: work.traceId });
    expect(answer.traceparent).toBe(`00-${client.traceId}-${client.spanId}-03`);
    expect(client.attributes).toEqual({
      'rpc.system.name': 'grpc',
      'rpc.method': 'test.Echo/Unary',
      'rpc.system': 'grpc',
      'rpc.service': 'test.Echo',
      'server.address': '127.0.0.1',
      'server.port': port,
      'rpc.response.status_code': 'OK',
      'rpc.grpc.status_code': 0,
    });
    expect(server.attributes).toMatchObject({
      'rpc.response.status_code': 'OK',
      'server.port': port,
      'network.peer.address': '127.0.0.1',
      correlation_id: work.traceId,
    });
  });

  it('the callback runs in the context of the caller', async () => {
    let within: string | null = null;
    const traceId = await inSpan(async () => {
      await new Promise<void>((resolve) => {
        methods.Unary({}, () => {
          within = tracing.getCurrentTraceId();
          resolve();
        });
      });
      return tracing.getCurrentTraceId();
    })();
    expect(within).toBe(traceId);
  });

  it('streams from the client, from the server, and both ways', async () => {
    const collected = await new Promise((resolve) => {
      const call = methods.Collect((_error: unknown, count: number) => resolve(count));
      call.write('a');
      call.write('b');
      call.end();
    });
    expect(collected).toBe(2);
    const listed: string[] = [];
    for await (const word of methods.List({})) listed.push(word);
    expect(listed).toEqual(['a', 'b', 'c']);
    const chat = methods.Chat();
    const echoed: string[] = [];
    chat.write('x');
    chat.end();
    for await (const word of chat) echoed.push(word);
    expect(echoed).toEqual(['x']);
    for (const name of ['test.Echo/Collect', 'test.Echo/List', 'test.Echo/Chat']) {
      const both = () => spans.findAll(name).toSorted((a, b) => a.kind.localeCompare(b.kind));
      await expect.poll(() => both().length).toBe(2);
      const [client, server] = both();
      expect(server).toMatchObject({
        kind: 'server',
        parentSpanId: client?.spanId,
        status: { code: 'unset' },
      });
    }
    expect(spans.findAll('inner')).toHaveLength(2);
  });

  it('a refusal fails the client, and the server only where it is its own fault', async () => {
    await expect(unary('Fail')).rejects.toThrow('no such thing');
    expect(await ended('client')).toMatchObject({
      status: { code: 'error', message: 'no such thing' },
      attributes: { 'rpc.response.status_code': 'NOT_FOUND', 'error.type': 'NOT_FOUND' },
    });
    expect(await ended('server')).toMatchObject({
      status: { code: 'unset' },
      attributes: { 'rpc.response.status_code': 'NOT_FOUND' },
    });
    spans.clear();
    const chat = methods.Chat();
    chat.on('error', () => {}).on('data', () => {});
    chat.write('fail');
    expect(await ended('server')).toMatchObject({
      status: { code: 'error' },
      attributes: { 'rpc.response.status_code': 'INTERNAL' },
    });
    await ended('client');
  });

  it('deadlines and cancelled calls end both spans', async () => {
    await expect(unary('Slow', undefined, { deadline: Date.now() + 50 })).rejects.toThrow('DEADLINE');
    expect((await ended('client')).attributes['rpc.response.status_code']).toBe('DEADLINE_EXCEEDED');
    expect(['DEADLINE_EXCEEDED', 'CANCELLED']).toContain(
      (await ended('server')).attributes['rpc.response.status_code'],
    );
    spans.clear();
    const call = methods.Slow({}, () => {});
    setTimeout(() => call.cancel(), 30);
    expect((await ended('client')).attributes['rpc.response.status_code']).toBe('CANCELLED');
    expect((await ended('server')).attributes['rpc.response.status_code']).toBe('CANCELLED');
  });

  it('an unreachable server is UNAVAILABLE', async () => {
    const nowhere = new Echo('127.0.0.1:1', grpc.credentials.createInsecure());
    // biome-ignore lint/suspicious/noExplicitAny: see above
    await new Promise<void>((resolve) => (nowhere as any).Unary({}, () => resolve()));
    nowhere.close();
    expect(await ended('client')).toMatchObject({
      status: { code: 'error' },
      attributes: { 'rpc.response.status_code': 'UNAVAILABLE', 'server.port': 1 },
    });
  });

  it('leaves the metadata of the caller as it was, and a traceparent in it alone', async () => {
    const metadata = new grpc.Metadata();
    await unary('Unary', metadata);
    expect(metadata.getMap()).toEqual({});
    const own = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    spans.clear();
    metadata.set('traceparent', own);
    expect((await unary('Unary', metadata)).traceparent).toBe(own);
    expect((await ended('server')).parentSpanId).toBe('b7ad6b7169203331');
  });

  it('reads the binary context of OpenCensus where there is no other', async () => {
    const metadata = new grpc.Metadata();
    const ids = '0af7651916cd43dd8448eb211c80319c01b7ad6b7169203331';
    metadata.set('grpc-trace-bin', Buffer.from(`0000${ids}0201`, 'hex'));
    await tracing.withoutTracing(() => unary('Unary', metadata));
    expect(await ended('server')).toMatchObject({ parentSpanId: 'b7ad6b7169203331' });
    for (const broken of ['', '00', `0100${ids}0201`, '00'.repeat(29), 'ff'.repeat(40)]) {
      metadata.set('grpc-trace-bin', Buffer.from(broken, 'hex'));
      await tracing.withoutTracing(() => unary('Unary', metadata));
    }
    expect(
      spans.findAll(({ kind }) => kind === 'server').filter((s) => s.parentSpanId === null),
    ).toHaveLength(5);
  });

  it('a trace state of the host that metadata cannot hold is reported, and the call goes on', async () => {
    const traceState = { serialize: () => 'a=\u0000' } as never;
    const spanContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, traceState };
    const parent = trace.setSpanContext(ROOT_CONTEXT, spanContext);
    const answer = await context.with(parent, () => unary('Unary'));
    expect(answer.tracestate).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(/writing the context into gRPC metadata/)]);
  });

  it('ignored methods and calls within withoutTracing get no span', async () => {
    await tracing.withoutTracing(() => unary('Ignored'));
    expect(spans.all).toHaveLength(0);
  });
});
