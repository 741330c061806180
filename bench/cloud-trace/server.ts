// What write.ts measures, in a process of its own: a collector that serves OTLP and Cloud Trace over gRPC.
import { Collector } from '@utxoiq/collector';
import { TraceStore } from '@utxoiq/store';
import { CloudTraceAccess } from '../../services/web-api/src/cloud-trace/access.ts';
import { CloudTraceService } from '../../services/web-api/src/cloud-trace/cloud-trace-service.ts';
import { cloudTraceGrpcServices } from '../../services/web-api/src/cloud-trace/grpc-services.ts';

const [url = '', dataDir = ''] = process.argv.slice(2);
const store = await TraceStore.open({ url });
const service = new CloudTraceService({
  reader: store,
  ingest: async (spans, projectId) => {
    const result = await collector.ingestSpans(spans, { projectId });
    if (result.status === 'accepted') return { status: 'accepted' };
    return { status: 'busy', retryAfterMs: result.retryAfterMs ?? 1000 };
  },
  ingestOtlp: async (otlp, _spanCount, projectId) => {
    const result = await collector.ingestOtlp(otlp, { projectId });
    if (result.status === 'accepted') return { status: 'accepted' };
    return { status: 'busy', retryAfterMs: result.retryAfterMs ?? 1000 };
  },
  access: new CloudTraceAccess({ ingestOpen: true, verifier: { verify: () => Promise.reject(new Error()) } }),
  profile: 'backend',
  strictHttpNames: false,
  quota: null,
});
const collector = await Collector.start({
  store,
  dataDir,
  projectId: 'bench',
  grpcPort: 0,
  grpcServices: cloudTraceGrpcServices({ service }),
});
process.send?.({ grpcPort: collector.ports.grpc });
process.on('message', () => process.send?.({ storedSpans: collector.stats().storedSpans }));
const stop = async () => {
  await collector.stop();
  await store.close();
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('disconnect', stop); // whoever measured has gone
