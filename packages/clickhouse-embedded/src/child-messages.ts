import type { EmbeddedErrorCode } from './embedded-error.ts';
import type { EngineOptions } from './options.ts';

/** Parent to child. A connection comes with its socket's handle. */
export type ToChild = { type: 'start'; options: EngineOptions } | { type: 'connection' } | { type: 'stop' };

/** Child to parent. */
export type FromChild =
  | { type: 'ready'; version: string }
  | { type: 'failed'; code: EmbeddedErrorCode; message: string }
  /** The oldest connection that was on its way is here: the parent closes its own end. */
  | { type: 'taken' }
  | { type: 'stopped' };
