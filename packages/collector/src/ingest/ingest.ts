import { encodeOtlpProtobuf, type Span } from '@utxoiq/model';
import { spanRecordPrefix } from '../log/span-record.ts';
import type { AppendResult, WriteAheadLog } from '../log/write-ahead-log.ts';
import { MalformedOtlpError } from '../otlp/otlp-error.ts';
import { RequestScanner, type ScanResult } from '../otlp/request-scanner.ts';
import type { SpanLimits } from '../otlp/span-limits.ts';
import { type IngestResult, refusal } from './ingest-result.ts';

/** Who sends, and what is done with a request of which a part is bad. */
export interface IngestOptions {
  /** The project of spans whose resource names none. Default: the collector's. */
  readonly projectId?: string;
  /** The projects the sender may write to. Default all. */
  readonly projects?: 'all' | readonly string[];
  /** Refuses all spans where one would be rejected: for protocols without partial success. Default false. */
  readonly allOrNothing?: boolean;
}

interface OtlpRequest {
  readonly bytes: Uint8Array;
  readonly defaultProject: string;
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
  otlp(bytes: Uint8Array, options: IngestOptions = {}): Promise<IngestResult> {
    return this.#counted([{ bytes, defaultProject: options.projectId ?? this.#projectId }], options);
  }

  /** Spans that came in another form. Those of several projects become a record each. */
  spans(spans: readonly Span[], options: IngestOptions = {}): Promise<IngestResult> {
    const { projectId: otherwise = this.#projectId } = options;
    const groups = Map.groupBy(spans, (span) => span.projectId || otherwise);
    const requests = Array.from(groups, ([defaultProject, group]) => ({
      bytes: encodeOtlpProtobuf(group),
      defaultProject,
    }));
    return this.#counted(requests, options);
  }

  async #counted(requests: readonly OtlpRequest[], options: IngestOptions): Promise<IngestResult> {
    const result = await this.#take(requests, options);
    if (result.status === 'refused') this.stats.refusedRequests++;
    else {
      this.stats.acceptedRequests++;
      this.stats.acceptedSpans += result.accepted;
      this.stats.rejectedSpans += result.rejected;
    }
    return result;
  }

  /** All are looked at before the first is written: what is refused leaves nothing behind. */
  async #take(requests: readonly OtlpRequest[], options: IngestOptions): Promise<IngestResult> {
    if (this.#stopping) return refusal('STOPPING', 'the collector is stopping');
    const { projects: allowed = 'all', allOrNothing = false } = options;
    const scans: ScanResult[] = [];
    try {
      for (const { bytes, defaultProject } of requests)
        scans.push(this.#scanner.scan(bytes, { defaultProject, allowed }));
    } catch (error) {
      if (error instanceof MalformedOtlpError) return refusal('MALFORMED', error.message);
      throw error;
    }
    const count = (of: (scan: ScanResult) => number) => scans.reduce((sum, scan) => sum + of(scan), 0);
    const spanCount = count((scan) => scan.spanCount);
    const rejected = count((scan) => scan.rejected.length);
    const forbidden = count((scan) => scan.forbidden);
    const firstReason = scans.find((scan) => scan.rejected.length > 0)?.firstReason ?? '';
    const limit = this.#limits.maxSpansPerRequest;
    if (spanCount > limit)
      return refusal('TOO_LARGE', `${spanCount} spans in one request, at most ${limit} are taken`);
    if (spanCount > 0 && forbidden === spanCount) return refusal('FORBIDDEN', firstReason);
    if (allOrNothing && rejected > 0) return refusal(forbidden > 0 ? 'FORBIDDEN' : 'MALFORMED', firstReason);
    const appended = await Promise.all(
      requests.map((request, index) => this.#append(request, scans[index] as ScanResult)),
    );
    const failed = appended.find((result) => result?.status === 'refused');
    if (failed?.status === 'refused') return refused(failed);
    const reason = rejected === 0 ? {} : { firstReason };
    return { status: 'accepted', accepted: spanCount - rejected, rejected, ...reason };
  }

  /** Null if there is nothing to be kept. */
  async #append(request: OtlpRequest, { spanCount, rejected }: ScanResult): Promise<AppendResult | null> {
    const accepted = spanCount - rejected.length;
    if (accepted === 0) return null;
    const { bytes, defaultProject } = request;
    return this.#log.append([spanRecordPrefix({ defaultProject, spanCount: accepted, rejected }), bytes]);
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
