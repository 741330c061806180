import { parseArgs } from 'node:util';
import { parseTraceId } from '@utxoiq/model';
import { StoreError } from './errors.ts';
import { optionsFrom } from './options-from.ts';
import { TraceStore } from './trace-store.ts';

const USAGE = `Usage: npm run store -- COMMAND
  status                                   what is stored, and how long it is kept
  promote KEY                              give an attribute a column of its own
  retention [--project P] [--days N] [--bytes N] [--apply]
                                           keep spans N days, the store under N bytes (0: no limit);
                                           what is not named stays as it is. --apply: now, not within the hour
  delete-trace TRACE_ID [--project P]
  delete-attribute KEY [--value V] [--project P]
  set-aside [list | retry | drop]          blocks that the store did not take: set-aside --help
The store is at CLICKHOUSE_URL (with CLICKHOUSE_USER, _PASSWORD, _DATABASE and _CLUSTER) or at --url;
without either, the embedded engine of DATA_DIR.`;

const OPTIONS = {
  url: { type: 'string' },
  project: { type: 'string' },
  days: { type: 'string' },
  bytes: { type: 'string' },
  value: { type: 'string' },
  apply: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function run(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { positionals, values } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  const [command, argument] = positionals;
  if (values.help === true) {
    console.log(USAGE);
    return;
  }
  const url = values.url ?? environment.CLICKHOUSE_URL;
  if (command === undefined) throw new StoreError('INVALID_OPTION', USAGE);
  if (url === undefined) {
    throw new StoreError('INVALID_OPTION', 'set CLICKHOUSE_URL, or --url');
  }
  await using store = await TraceStore.open({ url, ...optionsFrom(environment) });
  await execute(store, command, argument, values);
}

async function execute(
  store: TraceStore,
  command: string,
  argument: string | undefined,
  values: Values,
): Promise<void> {
  const projects = values.project === undefined ? 'all' : [values.project];
  switch (command) {
    case 'status': {
      const tables = await store.status();
      if (tables.length === 0) console.log('nothing is stored yet');
      for (const { table, rows, bytes, parts } of tables) {
        console.log(`${table}: ${rows} rows, ${bytes} bytes, ${parts} parts`);
      }
      for (const rule of await store.retention()) console.log(`retention: ${JSON.stringify(rule)}`);
      return;
    }
    case 'promote': {
      const key = required(argument, 'KEY');
      await store.promote(key);
      console.log(`${key} has a column of its own: filters and facets use it at once`);
      return;
    }
    case 'retention':
      return retention(store, values);
    case 'delete-trace': {
      const traceId = traceIdOf(required(argument, 'TRACE_ID'));
      await store.deleteTrace({ projects, traceId });
      console.log(`no span of trace ${traceId} is left${ofProject(values)}`);
      return;
    }
    case 'delete-attribute': {
      const key = required(argument, 'KEY');
      const { value } = values;
      await store.deleteAttribute({ projects, key, ...(value !== undefined && { value }) });
      const what = value === undefined ? key : `${key} = ${JSON.stringify(value)}`;
      console.log(`nothing is left of ${what}${ofProject(values)}`);
      return;
    }
    default:
      throw new StoreError('INVALID_OPTION', `unknown command ${command}\n${USAGE}`);
  }
}

async function retention(store: TraceStore, { project, days, bytes, apply }: Values): Promise<void> {
  if (days !== undefined || bytes !== undefined) {
    const before = (await store.retention()).find((rule) => rule.project === project);
    await store.setRetention({
      ...(project !== undefined && { project }),
      maxAgeDays: Number(days ?? before?.maxAgeDays ?? 0),
      maxBytes: Number(bytes ?? before?.maxBytes ?? 0),
    });
  }
  for (const rule of await store.retention()) console.log(JSON.stringify(rule));
  if (apply === true) {
    const { days: removed } = await store.enforceRetention();
    console.log(`removed ${removed.length === 0 ? 'no whole day' : removed.join(', ')}`);
  }
}

const ofProject = ({ project }: Values): string => (project === undefined ? '' : ` in project ${project}`);

function traceIdOf(text: string): string {
  const traceId = parseTraceId(text);
  if (traceId !== null) return traceId;
  throw new StoreError(
    'INVALID_OPTION',
    `TRACE_ID: expected 32 hex digits, not all zero, got ${JSON.stringify(text)}`,
  );
}

function required(argument: string | undefined, name: string): string {
  if (argument === undefined) throw new StoreError('INVALID_OPTION', `${name} is missing\n${USAGE}`);
  return argument;
}

try {
  await run(process.argv.slice(2), process.env);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
