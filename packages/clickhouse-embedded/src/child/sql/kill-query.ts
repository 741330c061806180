const KILL_QUERY = /^\s*KILL\s+QUERY\b/i;
const PARTS = /('(?:[^'\\]|\\[\s\S]|'')*')|\b(?:initial_)?query_id\b|\bSYNC\b/gi;

export const isKillQuery = (sql: string): boolean => KILL_QUERY.test(sql);

/**
 * The engine gives queries ids of its own; those of the requests are in the setting log_comment. SYNC never returns
 * in chDB, so it becomes ASYNC.
 */
export const rewriteKillQuery = (sql: string): string =>
  sql.replace(PARTS, (part, literal: string | undefined) => {
    if (literal !== undefined) return part;
    return part.toUpperCase() === 'SYNC' ? 'ASYNC' : "Settings['log_comment']";
  });
