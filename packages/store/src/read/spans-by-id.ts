import type { Span } from '@utxoiq/model';
import { Deadline } from './limits.ts';
import type { Projects } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';
import { withoutCopies } from './summarize.ts';
import { readWholeSpans } from './whole-spans.ts';

export interface SpansQuery {
  readonly projects: Projects;
  readonly traceId: string;
  readonly spanIds: readonly string[];
  readonly signal?: AbortSignal;
}

/** Single spans of a trace, whole, by start. */
export async function spansById(reader: Reader, query: SpansQuery): Promise<readonly Span[]> {
  const { projects, traceId, spanIds, signal } = query;
  const params = new SqlParameters();
  if (spanIds.length === 0) return [];
  // One by one: the older analysis takes no array that is computed.
  const ids = spanIds.map((id) => params.bytes(id)).join(', ');
  const spans = await readWholeSpans(reader, {
    where: `trace_id = ${params.bytes(traceId)} AND span_id IN (${ids}) AND ${visible(projects, params)}`,
    params,
    signal,
  });
  return withoutCopies(spans);
}

const PROJECTS = 'SELECT DISTINCT toString(project) AS project FROM red ORDER BY project';

/** Projects that have spans. */
export async function projectsWithData(reader: Reader): Promise<readonly string[]> {
  const deadline = new Deadline(reader.limits);
  const result = await select(reader, { sql: PROJECTS, params: new SqlParameters(), deadline });
  return Array.from(result.column('project'));
}
