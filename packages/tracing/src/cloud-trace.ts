export {
  CloudTraceClient,
  type CloudTraceClientOptions,
  type CloudTraceListOptions,
  type CloudTracePage,
} from './cloud-trace/cloud-trace-client.ts';
export { CloudTraceReader } from './cloud-trace/cloud-trace-reader.ts';
export type { GoogleAuthLike } from './google/google-auth.ts';
export { TracingError } from './tracing-error.ts';
