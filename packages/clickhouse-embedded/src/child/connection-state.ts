import { ClickHouseError } from './http/clickhouse-error.ts';
import type { QueryRequest } from './http/query-request.ts';
import { identifier, stringLiteral } from './sql/literal.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** What USE and SET made of a connection. */
export interface ConnectionState {
  /** '' for the engine's default. */
  readonly database: string;
  /** Settings, and parameters as `param_NAME`, in the order in which they are to be set. */
  readonly assigned: ReadonlyMap<string, string>;
}

/** What the request's statement needs of its connection. */
export function stateFor(request: QueryRequest, defaults: ReadonlyMap<string, string>): ConnectionState {
  const assigned = new Map([...defaults, ...request.settings]);
  // Finds the query again when it is to be cancelled: the engine does not let us choose its query_id.
  assigned.set('log_comment', request.queryId);
  for (const name of assigned.keys()) {
    if (!NAME.test(name)) throw new ClickHouseError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
  }
  for (const [name, value] of request.parameters) {
    if (!NAME.test(name))
      throw new ClickHouseError(36, 'BAD_ARGUMENTS', `Bad name of a query parameter: '${name}'`);
    assigned.set(`param_${name}`, value);
  }
  // Last: it forbids itself to be set again. A session would keep it: there the runner looks at the statement.
  if (
    request.readOnly &&
    request.session === null &&
    !['1', '2'].includes(request.settings.get('readonly') ?? '')
  ) {
    assigned.delete('readonly');
    assigned.set('readonly', '2');
  }
  return { database: request.database, assigned };
}

export const NEW_CONNECTION: ConnectionState = { database: '', assigned: new Map() };

/**
 * The statements that bring a connection from one state to another. They go in one text with the request's own
 * statement: the engine stops at the first error, so nothing runs with half of its settings.
 */
export function changes(from: ConnectionState, to: ConnectionState): string {
  const assignments = Array.from(to.assigned)
    .filter(([name, value]) => from.assigned.get(name) !== value)
    .map(([name, value]) => `${name} = ${stringLiteral(value)}`);
  const use = to.database === from.database ? '' : `USE ${identifier(to.database)};`;
  return assignments.length === 0 ? use : `${use}SET ${assignments.join(', ')};`;
}
