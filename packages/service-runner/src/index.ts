export { closeInTime } from './close-in-time.ts';
export { createLogger, type Logger } from './logger.ts';
export { ConfigError, type Environment, OptionReader } from './options.ts';
export { runService, type Service, serviceApp } from './run-service.ts';
