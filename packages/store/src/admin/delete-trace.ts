import type { Projects } from '../read/queries.ts';
import { visible } from '../read/reader.ts';
import { SqlParameters } from '../read/sql-parameters.ts';
import { type Administrator, localTable, WAIT_FOR_MUTATION } from './administrator.ts';

/** Which trace is removed; of other projects its spans stay. */
export interface DeleteTraceQuery {
  readonly projects: Projects;
  readonly traceId: string;
}

/**
 * Removes a trace's spans and its row in the list, from disk too: parts that hold some are rewritten without
 * them. Counts in charts stay.
 */
export async function deleteTrace(
  admin: Administrator,
  { projects, traceId }: DeleteTraceQuery,
): Promise<void> {
  // The spans last: of those that come meanwhile, a row that no span is left of is in no list, a span without its row in
  // some lists only.
  for (const table of ['traces', 'spans']) {
    const params = new SqlParameters();
    const sql = `ALTER TABLE ${localTable(admin, table)} DELETE WHERE trace_id = ${params.bytes(traceId)} AND ${visible(projects, params)}`;
    await admin.connection.command({ sql, params: params.values, settings: WAIT_FOR_MUTATION });
  }
}
