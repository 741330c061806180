/** The part of pino's logger the collector writes to. */
export interface CollectorLogger {
  info(message: string): void;
  info(fields: object, message: string): void;
  warn(message: string): void;
  warn(fields: object, message: string): void;
  error(message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing: for programs that hand in no logger. */
export const silentLogger: CollectorLogger = Object.freeze({ info() {}, warn() {}, error() {} });
