/** Reads of Google's metadata server, relative to `/computeMetadata/v1/`; null where there is none. */
export type Metadata = (path: string) => Promise<string | null>;

export interface MetadataOptions {
  /** `GCE_METADATA_HOST`. */
  readonly host: string;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}

/** Once it has not answered, it is not asked again: elsewhere each question would cost the whole timeout. */
export function metadataServer({ host, timeoutMs, fetch }: MetadataOptions): Metadata {
  let absent = false;
  return async (path) => {
    if (absent) return null;
    try {
      const response = await fetch(`http://${host}/computeMetadata/v1/${path}`, {
        headers: { 'metadata-flavor': 'Google' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.headers.get('metadata-flavor') !== 'Google') return null;
      return response.ok ? (await response.text()).trim() : null;
    } catch {
      absent = true; // No such host, or no answer in time: not on Google Cloud.
      return null;
    }
  };
}
