import type { ServerUnaryCall, ServiceDefinition, sendUnaryData, UntypedHandleCall } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import {
  decodeMessage,
  EmptyType,
  emptyMessage,
  encodeMessage,
  parseProjectName,
  splitSpanBatch,
  splitSpanName,
  V1GetTraceRequestType,
  V1ListTracesRequestType,
  V1ListTracesResponseType,
  V1PatchTracesRequestType,
  V1TraceType,
  V2SpanType,
} from '@utxoiq/model/cloud-trace';
import { bearerToken } from './access.ts';
import type { Caller, CloudTraceService } from './cloud-trace-service.ts';
import { GoogleError, invalidField, RPC_CODES, toGoogleError } from './google-error.ts';
import { encodeStatus } from './grpc-status.ts';

/** A service for the collector's gRPC server. */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: Readonly<Record<string, UntypedHandleCall>>;
}

type Method = (request: Buffer, caller: Caller) => Promise<Uint8Array>;

export interface GrpcServicesOptions {
  readonly service: CloudTraceService;
  /** Told of what only the operator can mend. */
  readonly onInternalError?: (error: GoogleError) => void;
}

/** `google.devtools.cloudtrace.v1.TraceService` and `v2.TraceService`. */
export function cloudTraceGrpcServices({ service, onInternalError }: GrpcServicesOptions): GrpcService[] {
  const report = onInternalError ?? (() => undefined);
  return [
    grpcService('google.devtools.cloudtrace.v1.TraceService', v1Methods(service), report),
    grpcService('google.devtools.cloudtrace.v2.TraceService', v2Methods(service), report),
  ];
}

const EMPTY = encodeMessage(EmptyType, emptyMessage(EmptyType));

function v1Methods(service: CloudTraceService): Readonly<Record<string, Method>> {
  return {
    async ListTraces(bytes, caller) {
      const request = decodeMessage(V1ListTracesRequestType, bytes);
      return encodeMessage(V1ListTracesResponseType, await service.listTraces(request, caller));
    },
    async GetTrace(bytes, caller) {
      const { projectId, traceId } = decodeMessage(V1GetTraceRequestType, bytes);
      return encodeMessage(V1TraceType, await service.getTrace(projectId, traceId, caller));
    },
    async PatchTraces(bytes, caller) {
      const { projectId, traces } = decodeMessage(V1PatchTracesRequestType, bytes);
      await service.patchTraces(projectId, traces ?? { traces: [] }, caller);
      return EMPTY;
    },
  };
}

function v2Methods(service: CloudTraceService): Readonly<Record<string, Method>> {
  return {
    async BatchWriteSpans(bytes, caller) {
      const { name, spans } = splitSpanBatch(bytes);
      const projectId = parseProjectName(name);
      if (projectId === null) throw invalidField('name', `Invalid project name: ${name.slice(0, 200)}`);
      await service.batchWriteProtobuf(projectId, spans, caller);
      return EMPTY;
    },
    async CreateSpan(bytes, caller) {
      const span = decodeMessage(V2SpanType, bytes);
      const name = splitSpanName(span.name);
      if (name === null) throw invalidField('name', `Invalid span name: ${span.name.slice(0, 200)}`);
      return encodeMessage(V2SpanType, await service.createSpan(name.projectId, span, caller));
    },
  };
}

function grpcService(
  name: string,
  methods: Readonly<Record<string, Method>>,
  report: (error: GoogleError) => void,
): GrpcService {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: Record<string, UntypedHandleCall> = {};
  for (const [method, handle] of Object.entries(methods)) {
    definition[method] = {
      path: `/${name}/${method}`,
      requestStream: false,
      responseStream: false,
      // The handler decodes, so that bytes that are no message are INVALID_ARGUMENT.
      requestDeserialize: (bytes: Buffer) => bytes,
      requestSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      originalName: method,
    };
    implementation[method] = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
      void answer(call, callback, { handle, report }); // it never rejects
    };
  }
  return { definition, implementation };
}

async function answer(
  call: ServerUnaryCall<Buffer, Buffer>,
  callback: sendUnaryData<Buffer>,
  { handle, report }: { handle: Method; report: (error: GoogleError) => void },
): Promise<void> {
  const cancelled = new AbortController();
  call.once('cancelled', () => cancelled.abort());
  const [authorization] = call.metadata.get('authorization');
  const token = bearerToken(typeof authorization === 'string' ? authorization : undefined);
  try {
    const bytes = await handle(call.request, { token, signal: cancelled.signal });
    callback(null, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    const error = asGrpc(toGoogleError(cause), token);
    if (error.code === 'INTERNAL') report(error);
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from(encodeStatus(error)));
    callback({ code: RPC_CODES[error.code].number, details: error.message, metadata });
  }
}

/** Over gRPC Google calls a caller without any token unregistered. */
function asGrpc(error: GoogleError, token: string | null): GoogleError {
  if (error.code !== 'UNAUTHENTICATED' || token !== null) return error;
  return new GoogleError(
    'PERMISSION_DENIED',
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}
