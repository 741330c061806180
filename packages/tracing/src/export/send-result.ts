/** What became of one request to the collector. */
export type SendResult =
  | { readonly status: 'ok'; readonly rejectedSpans: number; readonly message: string }
  | {
      readonly status: 'retry';
      readonly afterMs: number | null;
      readonly reason: string;
      /** What to do about it, where the transport knows better than the report of the kind. */
      readonly nextStep?: string;
    }
  | { readonly status: 'refused'; readonly reason: string; readonly nextStep?: string };

/** A way to the collector. `send` settles always and never throws: failures are results. */
export interface Transport {
  /** Where it goes, for messages. */
  readonly endpoint: string;
  send(body: Buffer, signal: AbortSignal): Promise<SendResult>;
  close(): void;
}
