export type { InstrumentationLike, TokenSource, TracingOptions } from './config/options.ts';
export type { Settings } from './config/settings.ts';
export type { AnyFunction, TraceDecorator } from './decorate/trace-request.ts';
export type { Report, ReportCode } from './export/error-reporter.ts';
export type { HeaderSource } from './export/otlp-http-transport.ts';
export type { SendResult, Transport } from './export/send-result.ts';
export type { GoogleAuthLike } from './google/google-auth.ts';
export type { GoogleOptions } from './google/google-settings.ts';
export type { GrpcServerOptions } from './grpc/grpc-services.ts';
export type { ErrorMiddleware, Middleware } from './instrumentation/express.ts';
export type { FastifyLike } from './instrumentation/fastify.ts';
export type { HonoContextLike, HonoMiddleware } from './instrumentation/hono.ts';
export type { HttpServerOptions } from './instrumentation/node-http-server.ts';
export { LINT_PROFILES, type LintProfile, type SpanLintLimits } from './lint/limits.ts';
export { type LintableSpan, lintSpan, type SpanLintProblem } from './lint/lint-span.ts';
export { type LogFields, logFields } from './logs/log-fields.ts';
export type { PropagationFormat } from './propagation/propagator.ts';
export type {
  ListTracesOptions,
  SpanData,
  TraceData,
  TraceList,
  TraceListItem,
  TraceReader,
} from './read/monitoring-api.ts';
export {
  alwaysOff,
  alwaysOn,
  type ParentBasedOptions,
  parentBased,
  ratio,
} from './sampling/basic-samplers.ts';
export type { OutcomeSamplingOptions } from './sampling/outcome.ts';
export { type RateLimitOptions, rateLimited } from './sampling/rate-limited.ts';
export type { Sampler, SamplingResult } from './sampling/sampler.ts';
export type { SpanLimits } from './tracer/span-limits.ts';
export type { TracerMetrics, TracingMetrics } from './tracer/tracer-metrics.ts';
export { TracingError, type TracingErrorCode, tracingErrorCodes } from './tracing-error.ts';
export { TracingService } from './tracing-service.ts';
