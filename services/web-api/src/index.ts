export { type AppDeps, buildApp } from './app.ts';
export { type Config, readConfig } from './config.ts';
export { ApiError, type ApiErrorCode, apiErrorStatus } from './errors/api-error.ts';
export type { TraceAnalysis, TraceSource } from './source/trace-source.ts';
export { startWebApi, type WebApi } from './web-api.ts';
