import type { TraceStore } from '@utxoiq/store';
import type { TraceSource } from './trace-source.ts';

/** The store as a source: it answers everything. */
export function storeSource(store: TraceStore): TraceSource {
  return {
    getTrace: (query) => store.getTrace(query),
    listTraces: (query) => store.listTraces(query),
    outline: (query) => store.outline(query),
    spans: (query) => store.spans(query),
    projects: () => store.projects(),
    ping: (signal) => store.ping(signal),
    analysis: store,
  };
}
