import { Client, credentials, Metadata, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testService } from '../../test/cloud-trace/test-app.ts';
import { cloudTraceGrpcServices } from './grpc-services.ts';

// The published .proto's messages, read by an independent library.
const { root } = protobuf.parse(`
syntax = "proto3";
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message TraceSpan { fixed64 span_id = 1; int32 kind = 2; string name = 3; Timestamp start_time = 4;
  Timestamp end_time = 5; fixed64 parent_span_id = 6; map<string, string> labels = 7; }
message Trace { string project_id = 1; string trace_id = 2; repeated TraceSpan spans = 3; }
message Traces { repeated Trace traces = 1; }
message PatchTracesRequest { string project_id = 1; Traces traces = 2; }
message GetTraceRequest { string project_id = 1; string trace_id = 2; }
message ListTracesRequest { string project_id = 1; int32 view = 2; int32 page_size = 3; string page_token = 4;
  Timestamp start_time = 5; Timestamp end_time = 6; string filter = 7; string order_by = 8; }
message ListTracesResponse { repeated Trace traces = 1; string next_page_token = 2; }
message TruncatableString { string value = 1; int32 truncated_byte_count = 2; }
message AttributeValue { oneof value { TruncatableString string_value = 1; int64 int_value = 2; bool bool_value = 3; } }
message Attributes { map<string, AttributeValue> attribute_map = 1; int32 dropped_attributes_count = 2; }
message Span { string name = 1; string span_id = 2; string parent_span_id = 3; TruncatableString display_name = 4;
  Timestamp start_time = 5; Timestamp end_time = 6; Attributes attributes = 7; int32 span_kind = 14; }
message BatchWriteSpansRequest { string name = 1; repeated Span spans = 2; }
message Empty {}
message FieldViolation { string field = 1; string description = 2; }
message BadRequest { repeated FieldViolation field_violations = 1; }
message Any { string type_url = 1; bytes value = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`);

const traceId = '0af7651916cd43dd8448eb211c80319c';
const v1 = '/google.devtools.cloudtrace.v1.TraceService';
const v2 = '/google.devtools.cloudtrace.v2.TraceService';
const server = new Server();
let client: Client;

beforeAll(async () => {
  const { service } = testService();
  for (const { definition, implementation } of cloudTraceGrpcServices({ service })) {
    server.addService(definition, implementation);
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  );
  client = new Client(`127.0.0.1:${await promise}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});

interface Call {
  readonly path: string;
  readonly types: readonly [request: string, response: string];
  readonly request: object;
  readonly token?: string;
}

function call({ path, types, request, token = 'viewer' }: Call): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const [Request, Response] = types.map((name) => root.lookupType(name));
  const metadata = new Metadata();
  if (token !== '') metadata.set('authorization', `Bearer ${token}`);
  client.makeUnaryRequest(
    path,
    (value: object) =>
      Buffer.isBuffer(value) ? value : Buffer.from(Request?.encode(Request.fromObject(value)).finish() ?? []),
    (bytes: Buffer) => Response?.toObject(Response.decode(bytes), { longs: String }) ?? {},
    request,
    metadata,
    (error, value) => (error === null ? resolve(value ?? {}) : reject(error)),
  );
  return promise;
}

const get = (request: object, token?: string) =>
  call({
    path: `${v1}/GetTrace`,
    types: ['GetTraceRequest', 'Trace'],
    request,
    ...(token === undefined ? {} : { token }),
  });
const failed = async (promise: Promise<unknown>): Promise<ServiceError> => {
  try {
    await promise;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('it succeeded');
};

describe('Cloud Trace over gRPC', () => {
  it('writes and reads v1 with every bit of an id', async () => {
    const spans = [
      {
        spanId: '18446744073709551615',
        parentSpanId: '9223372036854775809',
        kind: 2,
        name: 'é',
        startTime: { seconds: 1795341600, nanos: 123456789 },
        endTime: { seconds: 1795341601 },
        labels: { a: 'b' },
      },
    ];
    const request = { projectId: 'p', traces: { traces: [{ projectId: 'p', traceId, spans }] } };
    expect(
      await call({ path: `${v1}/PatchTraces`, types: ['PatchTracesRequest', 'Empty'], request }),
    ).toEqual({});
    const trace = await get({ projectId: 'p', traceId });
    expect(trace).toEqual({
      projectId: 'p',
      traceId,
      spans: [
        {
          ...spans[0],
          startTime: { seconds: '1795341600', nanos: 123456789 },
          endTime: { seconds: '1795341601' },
          labels: { a: 'b', 'g.co/spankind': 'CLIENT' },
        },
      ],
    });
    const list = await call({
      path: `${v1}/ListTraces`,
      types: ['ListTracesRequest', 'ListTracesResponse'],
      request: {
        projectId: 'p',
        view: 3,
        pageSize: 1,
        filter: '+span:"é" latency:500ms',
        orderBy: 'start desc',
      },
    });
    expect(list).toEqual({ traces: [trace] });
  });

  it('writes v2', async () => {
    const id = 'b'.repeat(32);
    const request = {
      name: 'projects/p',
      spans: [
        {
          name: `projects/p/traces/${id}/spans/00000000000000aa`,
          spanId: '00000000000000aa',
          displayName: { value: 'batch' },
          startTime: { seconds: 1795341600 },
          endTime: { seconds: 1795341601 },
          attributes: { attributeMap: { n: { intValue: '-9223372036854775808' }, ok: { boolValue: false } } },
          spanKind: 3,
        },
      ],
    };
    await call({ path: `${v2}/BatchWriteSpans`, types: ['BatchWriteSpansRequest', 'Empty'], request });
    expect(await get({ projectId: 'p', traceId: id })).toMatchObject({
      spans: [{ spanId: '170', kind: 2, labels: { n: '-9223372036854775808', ok: 'false' } }],
    });
    const span = {
      ...request.spans[0],
      spanId: '00000000000000bb',
      name: `projects/p/traces/${id}/spans/00000000000000bb`,
    };
    const created = await call({ path: `${v2}/CreateSpan`, types: ['Span', 'Span'], request: span });
    expect(created).toMatchObject({ spanId: '00000000000000bb', displayName: { value: 'batch' } });
  });

  it("refuses with Google's codes, and names the field in the details", async () => {
    const malformed = await failed(get({ projectId: 'p', traceId: 'xyz' }));
    expect(malformed).toMatchObject({ code: 3, details: expect.stringContaining('Current Trace ID = xyz') });
    const [bytes] = malformed.metadata.get('grpc-status-details-bin');
    const status = root.lookupType('Status').toObject(root.lookupType('Status').decode(bytes as Buffer));
    expect(status).toMatchObject({
      code: 3,
      details: [{ type_url: undefined }].map(() => expect.anything()),
    });
    const badRequest = root.lookupType('BadRequest').decode(status.details[0].value);
    expect(badRequest.toJSON()).toMatchObject({ fieldViolations: [{ field: 'trace_id' }] });
    expect(await failed(get({ projectId: 'p', traceId: 'f'.repeat(32) }))).toMatchObject({ code: 5 });
    expect(await failed(get({ projectId: 'p', traceId }, ''))).toMatchObject({
      code: 7,
      details: expect.stringContaining("Method doesn't allow unregistered callers"),
    });
    expect(await failed(get({ projectId: 'p', traceId }, 'forged'))).toMatchObject({ code: 16 });
    expect(await failed(get({ projectId: 'p', traceId }, 'other'))).toMatchObject({ code: 7 });
    expect(await failed(get(Buffer.from([0xff])))).toMatchObject({ code: 3 });
    const types = ['BatchWriteSpansRequest', 'Empty'] as const;
    const write = (request: object) => call({ path: `${v2}/BatchWriteSpans`, types, request });
    expect(await failed(write({ name: 'p' }))).toMatchObject({ code: 3, details: 'Invalid project name: p' });
    expect(await failed(write({ name: 'projects/p', spans: [{ name: 'x' }] }))).toMatchObject({ code: 3 });
  });
});
