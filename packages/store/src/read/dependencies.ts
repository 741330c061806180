import { LatencySteps, STEP_OF_SPAN } from './latency-steps.ts';
import { Deadline } from './limits.ts';
import type { Dependency, TimeRangeQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { redSource } from './red-source.ts';
import { SqlParameters } from './sql-parameters.ts';
import { entry } from './timeseries.ts';

/** Spans that a join takes in at most; of more, a sample of whole traces is read and the counts are scaled. */
const MAX_JOINED_SPANS = 500_000;

/** Calls from service to service: spans whose parent belongs to another service. */
export async function dependencies(reader: Reader, query: TimeRangeQuery): Promise<readonly Dependency[]> {
  const deadline = new Deadline(reader.limits);
  const every = Math.ceil((await countSpans(reader, query, deadline)) / MAX_JOINED_SPANS);
  const params = new SqlParameters();
  const rows = `spans WHERE ${visible(query.projects, params)}
    AND start BETWEEN ${params.time(query.startUnixNano)} AND ${params.time(query.endUnixNano)}
    ${every > 1 ? `AND sipHash64(trace_id) % ${every} = 0` : ''}`;
  const sql = `
SELECT caller.service AS parent, called.service AS child, step, count() AS spans, sum(failed) AS errors
FROM (SELECT trace_id, parent_span_id, toString(service) AS service, ${STEP_OF_SPAN} AS step, status_code = 2 AS failed
  FROM ${rows}) AS called
INNER JOIN (SELECT trace_id, span_id, toString(service) AS service FROM ${rows}) AS caller
  ON caller.trace_id = called.trace_id AND caller.span_id = called.parent_span_id
WHERE caller.service != called.service
GROUP BY parent, child, step`;
  const result = await select(reader, { sql, params, deadline, signal: query.signal });
  const parent = result.column('parent');
  const child = result.column('child');
  const step = result.column<Uint16Array>('step');
  const spans = result.column<BigUint64Array>('spans');
  const errors = result.column<BigUint64Array>('errors');
  const edges = new Map<string, { parent: string; child: string; steps: LatencySteps }>();
  for (let row = 0; row < result.rows; row++) {
    const edge = { parent: parent[row] as string, child: child[row] as string };
    const { steps } = entry(edges, JSON.stringify(edge), () => ({ ...edge, steps: new LatencySteps() }));
    steps.add(step[row] as number, Number(spans[row]) * every, Number(errors[row]) * every);
  }
  return Array.from(edges.values(), ({ steps, ...edge }) => ({ ...edge, ...steps.stats() })).sort(
    (a, b) => b.count - a.count,
  );
}

async function countSpans(reader: Reader, query: TimeRangeQuery, deadline: Deadline): Promise<number> {
  const params = new SqlParameters();
  const sql = `SELECT sum(spans) AS spans FROM ${await redSource(reader, query, params)}`;
  const result = await select(reader, { sql, params, deadline, signal: query.signal });
  return Number(result.column<BigUint64Array>('spans')[0]);
}
