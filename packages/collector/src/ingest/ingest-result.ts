/** Why nothing of a request was taken. */
export type RefusalCode =
  /** The bytes are no request: sending them again is no use. */
  | 'MALFORMED'
  /** Larger than a limit: sending it again as it is is no use. */
  | 'TOO_LARGE'
  /** The sender may write to none of the projects in it. */
  | 'FORBIDDEN'
  /** The log has reached its bound: the store is away or slower than what comes. */
  | 'LOG_FULL'
  /** The disk, or this process, is behind. */
  | 'BUSY'
  /** The disk takes nothing. */
  | 'LOG_FAILING'
  | 'STOPPING';

/** What became of a request: `accepted` once it is durable, or `refused` whole. */
export type IngestResult =
  | {
      readonly status: 'accepted';
      /** Spans that are durable in the write-ahead log. */
      readonly accepted: number;
      /** Spans that never can be taken. */
      readonly rejected: number;
      /** Why the first of them was not. */
      readonly firstReason?: string;
    }
  | {
      readonly status: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      /** When to send the same again; missing if that is no use. */
      readonly retryAfterMs?: number;
    };

export type Refusal = Extract<IngestResult, { status: 'refused' }>;

const RETRY_AFTER_MS: Partial<Record<RefusalCode, number>> = {
  LOG_FULL: 5_000,
  BUSY: 1_000,
  LOG_FAILING: 5_000,
  STOPPING: 2_000,
};

export function refusal(code: RefusalCode, message: string): Refusal {
  const retryAfterMs = RETRY_AFTER_MS[code];
  return { status: 'refused', code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
