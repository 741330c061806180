import {
  Metadata,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Ingest } from '../../ingest/ingest.ts';
import type { CollectorLogger } from '../../logger.ts';
import { type Authorize, authorizedProjects } from '../authorize.ts';
import type { BytesInFlight } from '../bytes-in-flight.ts';
import { ReceiveError, receiveError } from '../receive-error.ts';
import {
  exportResponseToProtobuf,
  RpcCode,
  type RpcStatus,
  rpcStatusToProtobuf,
  statusOfRefusal,
} from '../rpc-status.ts';

/** A service for the collector's gRPC server, as grpc-js wants it. */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: Readonly<Record<string, UntypedHandleCall>>;
}

type ExportCall = ServerUnaryCall<Buffer, Buffer>;

/** Messages stay bytes: our decoder reads the request, and the response is two fields. */
const asBytes = (bytes: Buffer): Buffer => bytes;

const DEFINITION: ServiceDefinition = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
    originalName: 'export',
  },
};

export interface OtlpServiceOptions {
  readonly ingest: Ingest;
  readonly inFlight: BytesInFlight;
  readonly logger: CollectorLogger;
  readonly authorize?: Authorize | undefined;
}

/** OTLP/gRPC: `opentelemetry.proto.collector.trace.v1.TraceService`. */
export function otlpGrpcService(options: OtlpServiceOptions): GrpcService {
  const handle = (call: ExportCall, answer: sendUnaryData<Buffer>): void => {
    // Never rejects: every outcome goes to `answer`.
    void exportSpans(call, options).then(
      (response) => answer(null, response),
      (error: unknown) => {
        const status = error instanceof ReceiveError ? error.status : unexpected(error, options.logger);
        answer({ code: status.code, details: status.message, metadata: detailsOf(status) });
      },
    );
  };
  return { definition: DEFINITION, implementation: { Export: handle } };
}

async function exportSpans(call: ExportCall, options: OtlpServiceOptions): Promise<Buffer> {
  const [authorization] = call.metadata.get('authorization');
  const projects = await authorizedProjects(
    options.authorize,
    typeof authorization === 'string' ? authorization : undefined,
    addressOf(call.getPeer()),
  );
  const bytes = call.request.length;
  if (!options.inFlight.take(bytes)) throw receiveError(429, 'too many requests are being received', 1_000);
  try {
    const result = await options.ingest.otlp(call.request, { projects });
    if (result.status === 'refused') throw new ReceiveError(statusOfRefusal(result));
    return exportResponseToProtobuf(result);
  } finally {
    options.inFlight.give(bytes);
  }
}

/** The peer without its port: `127.0.0.1:4711` or `[::1]:4711`. */
function addressOf(peer: string): string {
  const port = peer.lastIndexOf(':');
  return (port < 0 ? peer : peer.slice(0, port)).replace(/^\[(.*)\]$/, '$1');
}

function detailsOf(status: RpcStatus): Metadata {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', rpcStatusToProtobuf(status));
  return metadata;
}

function unexpected(error: unknown, logger: CollectorLogger): RpcStatus {
  logger.error({ err: error }, 'a gRPC request failed unexpectedly');
  return { code: RpcCode.internal, httpStatus: 500, message: 'internal error' };
}
