import type { TraceSummary } from '@utxoiq/model';
import type { NativeResult } from '../native/native-reader.ts';
import { parentOf, unsigned } from './span-rows.ts';
import { byCount } from './summarize.ts';
import { LAST_TIME } from './time-windows.ts';

/** What `summarizeRows` needs of `spans`. */
export const SUMMARIZED =
  'project, trace_id, span_id, parent_span_id, service, name, status_code, start, duration';

export interface Summaries {
  readonly summaries: TraceSummary[];
  /** When the first of the spans starts and the last one ends. */
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Summaries of traces from their rows: for a page of ordinary traces that is half the cost of a statement that
 * aggregates them, most of which is its analysis.
 */
export function summarizeRows(result: NativeResult): Summaries {
  const traces = new Map<string, Gathered>();
  let first = LAST_TIME;
  let last = -LAST_TIME;
  for (const span of rowsOf(result)) {
    let trace = traces.get(span.traceId);
    if (trace === undefined) {
      trace = new Gathered(span);
      traces.set(span.traceId, trace);
    }
    trace.add(span);
    const latest = span.end > span.start ? span.end : span.start;
    if (span.start < first) first = span.start;
    if (latest > last) last = latest;
  }
  return { summaries: Array.from(traces.values(), (trace) => trace.summary()), first, last };
}

interface Row {
  readonly traceId: string;
  readonly spanId: string;
  readonly hasParent: boolean;
  readonly project: string;
  readonly service: string;
  readonly name: string;
  readonly failed: boolean;
  readonly start: bigint;
  readonly end: bigint;
  /** Another row of the trace with this span id that came before. */
  earlier: Row | undefined;
}

function* rowsOf(result: NativeResult): Generator<Row> {
  if (result.rows === 0) return;
  const project = result.column('project');
  const traceId = result.column('trace_id');
  const spanId = result.column('span_id');
  const parent = result.column('parent_span_id');
  const service = result.column('service');
  const name = result.column('name');
  const status = result.column<Uint8Array>('status_code');
  const start = result.column<BigInt64Array>('start');
  const duration = result.column<BigInt64Array>('duration');
  for (let row = 0; row < result.rows; row++) {
    yield {
      traceId: traceId[row] as string,
      spanId: spanId[row] as string,
      hasParent: parentOf(parent[row] as string) !== null,
      project: project[row] as string,
      service: service[row] as string,
      name: name[row] as string,
      failed: status[row] === 2,
      start: start[row] as bigint,
      // The sum may wrap around, as it does in the engine.
      end: BigInt.asIntN(64, (start[row] as bigint) + (duration[row] as bigint)),
      earlier: undefined,
    };
  }
}

/** The rows of one trace, copies left out. */
class Gathered {
  readonly #bySpanId = new Map<string, Row>();
  readonly #services = new Map<string, number>();
  #first: Row;
  #root: Row | null = null;
  #end: bigint;
  #spans = 0;
  #errors = 0;

  constructor(row: Row) {
    this.#first = row;
    this.#end = row.end;
  }

  add(row: Row): void {
    if (this.#isCopy(row)) return;
    this.#spans++;
    this.#services.set(row.service, (this.#services.get(row.service) ?? 0) + 1);
    if (row.failed) this.#errors++;
    if (row.end > this.#end) this.#end = row.end;
    if (isBefore(row, this.#first)) this.#first = row;
    if (!row.hasParent && (this.#root === null || isBefore(row, this.#root))) this.#root = row;
  }

  /** Whether a row with the same id, start, end and name came before; one that differs is another span. */
  #isCopy(row: Row): boolean {
    row.earlier = this.#bySpanId.get(row.spanId);
    for (let other = row.earlier; other !== undefined; other = other.earlier)
      if (other.start === row.start && other.end === row.end && other.name === row.name) return true;
    this.#bySpanId.set(row.spanId, row);
    return false;
  }

  summary(): TraceSummary {
    const root = this.#root;
    return {
      traceId: this.#first.traceId,
      projectId: (root ?? this.#first).project,
      root:
        root === null
          ? null
          : {
              spanId: root.spanId,
              name: root.name,
              serviceName: root.service,
              startUnixNano: unsigned(root.start),
              endUnixNano: unsigned(root.end),
            },
      startUnixNano: unsigned(this.#first.start),
      endUnixNano: unsigned(this.#end),
      spanCount: this.#spans,
      errorCount: this.#errors,
      services: byCount(this.#services),
    };
  }
}

const isBefore = (a: Row, b: Row): boolean =>
  a.start < b.start || (a.start === b.start && a.spanId < b.spanId);
