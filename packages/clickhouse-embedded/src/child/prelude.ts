import { ClickHouseError } from './http/clickhouse-error.ts';
import type { QueryRequest } from './http/query-request.ts';
import { identifier, stringLiteral } from './sql/literal.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/**
 * The statements that give a connection what the request asks for. They go in one text with the request's own
 * statement: the engine stops at the first error, so nothing runs with half of its settings.
 */
export function prelude(request: QueryRequest, defaults: ReadonlyMap<string, string>): string {
  const settings = new Map([...defaults, ...request.settings]);
  // Finds the query again when it is to be cancelled: the engine does not let us choose its query_id.
  settings.set('log_comment', request.queryId);
  const assignments = [...settings].map(([name, value]) => assignment(name, value));
  for (const [name, value] of request.parameters) assignments.push(parameter(name, value));
  // Last: it forbids itself to be set again. A session would keep it: there the runner looks at the statement.
  if (
    request.readOnly &&
    request.session === null &&
    !['1', '2'].includes(request.settings.get('readonly') ?? '')
  ) {
    assignments.push(assignment('readonly', '2'));
  }
  const use = request.database === '' ? '' : `USE ${identifier(request.database)};`;
  return `${use}SET ${assignments.join(', ')};`;
}

function assignment(name: string, value: string): string {
  if (!NAME.test(name)) throw new ClickHouseError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
  return `${name} = ${stringLiteral(value)}`;
}

function parameter(name: string, value: string): string {
  if (!NAME.test(name))
    throw new ClickHouseError(36, 'BAD_ARGUMENTS', `Bad name of a query parameter: '${name}'`);
  return `param_${name} = ${stringLiteral(value)}`;
}
