import { encodeChromeTrace, type Span } from '@utxoiq/model';

/** For ui.perfetto.dev and chrome://tracing. */
export function chromeTraceBlob(spans: readonly Span[]): Blob {
  return new Blob([JSON.stringify(encodeChromeTrace(spans))], { type: 'application/json' });
}
