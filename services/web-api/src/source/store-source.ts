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
    ping: () => store.ping(),
    analysis: {
      listSpans: (query) => store.listSpans(query),
      attributeKeys: (query) => store.attributeKeys(query),
      attributeValues: (query) => store.attributeValues(query),
      services: (query) => store.services(query),
      operations: (query) => store.operations(query),
      timeseries: (query) => store.timeseries(query),
      heatmap: (query) => store.heatmap(query),
      facets: (query) => store.facets(query),
      dependencies: (query) => store.dependencies(query),
      compare: (query) => store.compare(query),
      deleteTrace: (query) => store.deleteTrace(query),
    },
  };
}
