import { StoreError } from '../errors.ts';
import { SqlParameters } from '../read/sql-parameters.ts';
import { type Administrator, localTable, WAIT_FOR_MUTATION } from './administrator.ts';
import { activeParts } from './parts.ts';

/** For one project, or for all that have none of their own (`project` absent). 0: no limit. */
export interface Retention {
  readonly project?: string;
  readonly maxAgeDays: number;
  /** Of the whole store on disk, on a cluster each shard counted once; only without `project`. */
  readonly maxBytes?: number;
}

const READ = 'SELECT project, max_age_days, max_bytes FROM retention FINAL ORDER BY project';
const RECORD =
  'INSERT INTO retention (project, max_age_days, max_bytes) SELECT {project:String}, {days:UInt32}, {bytes:UInt64}';

export async function readRetention({ connection }: Administrator): Promise<readonly Retention[]> {
  const result = await connection.query({ sql: READ });
  const days = result.column<Uint32Array>('max_age_days');
  const bytes = result.column<BigUint64Array>('max_bytes');
  return Array.from(result.column('project'), (project, row) => ({
    ...(project !== '' && { project }),
    maxAgeDays: days[row] as number,
    maxBytes: Number(bytes[row]),
  }));
}

/** Keeps the rule; `enforceRetention` carries it out. */
export async function setRetention({ connection }: Administrator, retention: Retention): Promise<void> {
  const { project = '', maxAgeDays, maxBytes = 0 } = retention;
  for (const [name, value] of Object.entries({ maxAgeDays, maxBytes })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new StoreError('INVALID_OPTION', `${name} must be a whole number of at least 0, got ${value}`);
    }
  }
  if (project !== '' && maxBytes > 0) {
    throw new StoreError('INVALID_OPTION', 'maxBytes is for the whole store; leave project out');
  }
  await connection.command({ sql: RECORD, params: { project, days: maxAgeDays, bytes: maxBytes } });
}

const TABLES = [
  { table: 'spans', day: 'start' },
  { table: 'traces', day: 'bucket' },
  { table: 'red', day: 'minute' },
] as const;

/** Who carries the rules out, and until when: aborted, it stops before the next statement, and the running one. */
interface Enforcer extends Administrator {
  readonly signal: AbortSignal | undefined;
}

/** What `enforceRetention` took away. */
export interface Removed {
  /** Days (YYYYMMDD) removed whole. */
  readonly days: readonly string[];
}

/**
 * Removes what is too old or too much. Whole days go as partitions, at no cost; rows of a project with a shorter
 * time of its own are rewritten out of theirs.
 */
export async function enforceRetention(
  administrator: Administrator,
  now: Date = new Date(),
  signal?: AbortSignal,
): Promise<Removed> {
  const admin: Enforcer = { ...administrator, signal };
  const rules = await readRetention(admin);
  const general = rules.find(({ project }) => project === undefined);
  const ofProjects = rules.filter(({ project, maxAgeDays }) => project !== undefined && maxAgeDays > 0);
  const longest = Math.max(0, general?.maxAgeDays ?? 0, ...ofProjects.map(({ maxAgeDays }) => maxAgeDays));
  const days = new Set<string>();
  if ((general?.maxAgeDays ?? 0) > 0) {
    for (const { day } of (await partitions(admin)).filter(({ day }) => day < dayBefore(now, longest)))
      days.add(day);
    await deleteOlder(admin, general?.maxAgeDays ?? 0, now, {
      except: ofProjects.map(({ project }) => project ?? ''),
    });
  }
  for (const { project = '', maxAgeDays } of ofProjects)
    await deleteOlder(admin, maxAgeDays, now, { only: project });
  for (const day of await daysOverSize(admin, general?.maxBytes ?? 0)) days.add(day);
  for (const day of days) await dropDay(admin, day);
  return { days: [...days].sort() };
}

const dayBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

async function partitions(admin: Enforcer): Promise<readonly { day: string; bytes: number }[]> {
  const { from, params } = activeParts(
    admin,
    TABLES.map(({ table }) => table),
  );
  const sql = `SELECT partition AS day, sum(bytes_on_disk) AS bytes FROM ${from} GROUP BY day ORDER BY day`;
  const result = await admin.connection.query({ sql, params, signal: admin.signal });
  const bytes = result.column<BigUint64Array>('bytes');
  return Array.from(result.column('day'), (day, row) => ({ day, bytes: Number(bytes[row]) }));
}

/** The oldest days whose removal brings the store under the limit; never the newest day. */
async function daysOverSize(admin: Enforcer, maxBytes: number): Promise<readonly string[]> {
  if (maxBytes === 0) return [];
  const days = await partitions(admin);
  let total = days.reduce((sum, { bytes }) => sum + bytes, 0);
  const over: string[] = [];
  for (const { day, bytes } of days.slice(0, -1)) {
    if (total <= maxBytes) break;
    over.push(day);
    total -= bytes;
  }
  return over;
}

async function dropDay(admin: Enforcer, day: string): Promise<void> {
  for (const { table } of TABLES) {
    await admin.connection.command({
      sql: `ALTER TABLE ${localTable(admin, table)} DROP PARTITION ${Number(day)}`,
      signal: admin.signal,
    });
  }
}

async function deleteOlder(
  { connection, ...admin }: Enforcer,
  days: number,
  now: Date,
  which: { readonly only: string } | { readonly except: readonly string[] },
): Promise<void> {
  const before = BigInt(now.getTime() - days * 86_400_000) * 1_000_000n;
  for (const { table, day } of TABLES) {
    const params = new SqlParameters();
    const condition = `${day} < ${params.time(before)} AND ${
      'only' in which
        ? `project = ${params.text(which.only)}`
        : `project NOT IN ${params.texts(which.except)}`
    }`;
    const found = await connection.query({
      sql: `SELECT count() AS rows FROM ${table} WHERE ${condition}`,
      params: params.values,
      signal: admin.signal,
    });
    if (found.column<BigUint64Array>('rows')[0] === 0n) continue;
    const sql = `ALTER TABLE ${localTable({ connection, ...admin }, table)} DELETE WHERE ${condition}`;
    await connection.command({
      sql,
      params: params.values,
      settings: WAIT_FOR_MUTATION,
      signal: admin.signal,
    });
  }
}
