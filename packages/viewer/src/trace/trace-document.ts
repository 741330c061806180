import type { TraceOutline } from '@utxoiq/model';
import type { SpanDetail } from '../api/types.ts';

export type ExportFormat = 'json' | 'otlp' | 'chrome';

/** A trace that is being looked at, from the platform or from a file. */
export interface TraceDocument {
  /** Tells documents apart in caches: a trace id, or a file's name and time. */
  readonly key: string;
  readonly outline: TraceOutline;
  /** Why a part is missing; null for a whole trace. */
  readonly partial: string | null;
  /** Whether the platform is behind it, so that links to lists make sense. */
  readonly live: boolean;
  readonly loadSpan: (spanId: string, signal: AbortSignal) => Promise<SpanDetail | null>;
  readonly exportAs: (format: ExportFormat) => Promise<Blob>;
}
