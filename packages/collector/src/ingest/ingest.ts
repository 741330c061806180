import { encodeOtlpProtobuf, type Span } from '@utxoiq/model';
import { spanRecordPrefix } from '../log/span-record.ts';
import type { AppendResult, WriteAheadLog } from '../log/write-ahead-log.ts';
import { MalformedOtlpError } from '../otlp/otlp-error.ts';
import { RequestScanner, type ScanResult } from '../otlp/request-scanner.ts';
import type { SpanLimits } from '../otlp/span-limits.ts';
import { type IngestResult, refusal } from './ingest-result.ts';

export interface IngestOptions {
  /** The project of spans whose resource names none. Default: the collector's. */
  readonly projectId?: string;
  /** The projects the sender may write to. Default all. */
  readonly projects?: 'all' | readonly string[];
}

/** From the bytes of a request to the write-ahead log: what every receiver ends in. */
export class Ingest {
  readonly #log: WriteAheadLog;
  readonly #limits: SpanLimits;
  readonly #projectId: string;
  readonly #scanner: RequestScanner;
  #stopping = false;
  readonly stats = { acceptedSpans: 0, rejectedSpans: 0, acceptedRequests: 0, refusedRequests: 0 };

  constructor(options: { log: WriteAheadLog; limits: SpanLimits; projectId: string }) {
    this.#log = options.log;
    this.#limits = options.limits;
    this.#projectId = options.projectId;
    this.#scanner = new RequestScanner(options.limits);
  }

  /** From now on everything is refused. */
  stop(): void {
    this.#stopping = true;
  }

  /** @param bytes an ExportTraceServiceRequest; not to be changed before the result is there. */
  async otlp(bytes: Uint8Array, options: IngestOptions = {}): Promise<IngestResult> {
    const result = await this.#otlp(bytes, options);
    if (result.status === 'refused') this.stats.refusedRequests++;
    else {
      this.stats.acceptedRequests++;
      this.stats.acceptedSpans += result.accepted;
      this.stats.rejectedSpans += result.rejected;
    }
    return result;
  }

  /** Spans that came in another form. Those of several projects become a record each. */
  async spans(spans: readonly Span[], options: IngestOptions = {}): Promise<IngestResult> {
    let accepted = 0;
    let rejected = 0;
    let firstReason: string | undefined;
    for (const [projectId, group] of Map.groupBy(spans, (span) => span.projectId)) {
      const result = await this.otlp(encodeOtlpProtobuf(group), {
        ...options,
        ...(projectId === '' ? {} : { projectId }),
      });
      if (result.status === 'refused') return result;
      accepted += result.accepted;
      rejected += result.rejected;
      firstReason ??= result.firstReason;
    }
    return { status: 'accepted', accepted, rejected, ...(firstReason === undefined ? {} : { firstReason }) };
  }

  async #otlp(bytes: Uint8Array, options: IngestOptions): Promise<IngestResult> {
    if (this.#stopping) return refusal('STOPPING', 'the collector is stopping');
    const defaultProject = options.projectId ?? this.#projectId;
    let scan: ScanResult;
    try {
      scan = this.#scanner.scan(bytes, { defaultProject, allowed: options.projects ?? 'all' });
    } catch (error) {
      if (error instanceof MalformedOtlpError) return refusal('MALFORMED', error.message);
      throw error;
    }
    const { spanCount, rejected, firstReason, forbidden } = scan;
    const limit = this.#limits.maxSpansPerRequest;
    if (spanCount > limit)
      return refusal('TOO_LARGE', `${spanCount} spans in one request, at most ${limit} are taken`);
    if (spanCount > 0 && forbidden === spanCount) return refusal('FORBIDDEN', firstReason);
    const accepted = spanCount - rejected.length;
    if (accepted > 0) {
      const prefix = spanRecordPrefix({ defaultProject, spanCount: accepted, rejected });
      const appended = await this.#log.append([prefix, bytes]);
      if (appended.status === 'refused') return refused(appended);
    }
    const reason = rejected.length === 0 ? {} : { firstReason };
    return { status: 'accepted', accepted, rejected: rejected.length, ...reason };
  }
}

function refused({ reason, cause }: Extract<AppendResult, { status: 'refused' }>): IngestResult {
  switch (reason) {
    case 'full':
      return refusal('LOG_FULL', 'the write-ahead log is full: spans come faster than they can be stored');
    case 'behind':
      return refusal('BUSY', 'too much is waiting for the disk');
    case 'failing': {
      const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
      return refusal('LOG_FAILING', `the write-ahead log cannot be written${why}`);
    }
    default:
      return refusal('STOPPING', 'the collector is stopping');
  }
}
