import type { ListTracesOptions, TraceData, TraceList, TraceReader } from './monitoring-api.ts';

interface ReaderSettings {
  readonly projectId: string;
  /** Null: Google's public address. */
  readonly cloudTraceEndpoint: string | null;
}

/** Reads from Google (`TRACE_SOURCE=cloud-trace`); its client is loaded when somebody reads. */
export class LazyCloudTraceReader implements TraceReader {
  readonly #open: () => Promise<TraceReader>;
  #reader: Promise<TraceReader> | undefined;

  constructor({ projectId, cloudTraceEndpoint }: ReaderSettings, fetch: typeof globalThis.fetch) {
    const endpoint = cloudTraceEndpoint === null ? {} : { endpoint: cloudTraceEndpoint };
    this.#open = async () => {
      const { CloudTraceClient, CloudTraceReader } = await import('../cloud-trace.ts');
      return new CloudTraceReader(new CloudTraceClient({ projectId, fetch, ...endpoint }));
    };
  }

  async getTrace(traceId: string, signal?: AbortSignal): Promise<TraceData> {
    return (await this.#load()).getTrace(traceId, signal);
  }

  async listTraces(options: ListTracesOptions, signal?: AbortSignal): Promise<TraceList> {
    return (await this.#load()).listTraces(options, signal);
  }

  #load(): Promise<TraceReader> {
    this.#reader ??= this.#open();
    return this.#reader;
  }
}
