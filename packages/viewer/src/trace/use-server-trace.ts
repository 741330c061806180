import { useQuery } from '@tanstack/react-query';
import { decodeOtlpJson, decodeOutline } from '@utxoiq/model';
import { getJson, request } from '../api/client.ts';
import type { SpanDetail } from '../api/types.ts';
import { chromeTraceBlob } from './chrome-trace.ts';
import type { ExportFormat, TraceDocument } from './trace-document.ts';

/** While a trace is this young, more of it may still arrive, so it is asked for again. */
const youngMs = 30_000;
const pollMs = 3000;

async function exportTrace(path: string, project: string | undefined, format: ExportFormat): Promise<Blob> {
  const response = await request(path, {
    query: { project, format: format === 'json' ? undefined : 'otlp' },
  });
  if (format !== 'chrome') return response.blob();
  const decoded = decodeOtlpJson(await response.json());
  if (!decoded.ok) throw new Error(`The platform sent OTLP that cannot be read: ${decoded.error.message}`);
  return chromeTraceBlob(decoded.spans);
}

async function loadTrace(
  traceId: string,
  project: string | undefined,
  signal: AbortSignal,
): Promise<TraceDocument> {
  const path = `/monitoring/traces/${traceId}`;
  const response = await request(`${path}/outline`, { query: { project }, signal });
  const outline = decodeOutline(new Uint8Array(await response.arrayBuffer()));
  return {
    key: `${project ?? ''}/${traceId}/${outline.size}`,
    outline,
    partial: response.headers.get('x-partial'),
    live: true,
    loadSpan: async (spanId, spanSignal) => {
      const query = { project, span_id: [spanId] };
      const spans = await getJson<readonly SpanDetail[]>(`${path}/spans`, query, spanSignal);
      return spans[0] ?? null;
    },
    exportAs: (format) => exportTrace(path, project, format),
  };
}

function isYoung({ outline }: TraceDocument): boolean {
  return Date.now() - Number(outline.startUnixNano / 1_000_000n) < youngMs;
}

export function useServerTrace(traceId: string, project: string | undefined, enabled = true) {
  return useQuery({
    queryKey: ['trace', traceId, project],
    queryFn: ({ signal }) => loadTrace(traceId, project, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isYoung(state.data) ? pollMs : false),
    structuralSharing: (old, next) =>
      // The same number of spans is the same trace: drawing and analyses need not start again.
      (old as TraceDocument | undefined)?.outline.size === (next as TraceDocument).outline.size ? old : next,
    // A million spans are 41 MB: not to be kept for long.
    gcTime: 60_000,
    enabled,
  });
}
