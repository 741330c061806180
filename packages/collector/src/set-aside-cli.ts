// `npm run store -- set-aside`: the blocks that the store did not take, in DATA_DIR; for `retry` with CLICKHOUSE_URL and
// its companions. Beside a running collector, too: a block that comes twice is stored once.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatUnixNano } from '@utxoiq/model';
import { optionsFrom, TraceStore } from '@utxoiq/store';
import { readSetAsideBlock } from './loader/set-aside-block.ts';
import { diskFileSystem } from './log/file-system.ts';
import { SetAsideBlocks } from './log/set-aside-blocks.ts';
import { silentLogger } from './logger.ts';

const USAGE = `Usage: npm run store -- set-aside [COMMAND]
  list            the blocks that the store did not take; without a command, too
  retry [TOKEN]   gives one, or all, to the store once more, and removes those that it takes
  drop TOKEN      removes one: its spans are lost
They lie in DATA_DIR/wal/set-aside (DATA_DIR: ./data). Each start of the collector tries them as well.`;

const directory = join(resolve(process.env.DATA_DIR || './data'), 'wal');
const setAside = new SetAsideBlocks({
  files: diskFileSystem,
  directory,
  logger: silentLogger,
  segments: () => [],
});

async function run(argv: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const [, command = 'list', token] = positionals;
  if (values.help === true) console.log(USAGE);
  else if (command === 'list') await list();
  else if (command === 'retry')
    await retry(token === undefined ? await setAside.tokens() : [await known(token)]);
  else if (command === 'drop') await drop(token);
  else throw new Error(`unknown command ${command}\n${USAGE}`);
}

async function list(): Promise<void> {
  const tokens = await setAside.tokens();
  if (tokens.length === 0) console.log(`nothing is set aside in ${directory}`);
  for (const token of tokens) console.log(`${token}: ${await described(token)}`);
  if (tokens.length > 0) console.log('Next: repair what the log names, then retry; or drop (--help)');
}

async function described(token: string): Promise<string> {
  try {
    const [services, projects] = [new Set<string>(), new Set<string>()];
    const block = await readSetAsideBlock(setAside, token, ({ resource, projectId }) => {
      services.add(String(resource.attributes.get('service.name') ?? ''));
      projects.add(projectId);
    });
    const { first, last } = block.startRange();
    const names = (all: ReadonlySet<string>) => [...all].sort().slice(0, 5).join(', ');
    const range = `${formatUnixNano(first)} to ${formatUnixNano(last)}`;
    return `${block.rows} spans of ${names(services)} in ${names(projects)}, ${range}`;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

async function retry(tokens: readonly string[]): Promise<void> {
  const { CLICKHOUSE_URL: url = '' } = process.env;
  if (url === '') throw new Error('set CLICKHOUSE_URL');
  await using store = await TraceStore.open({ url, ...optionsFrom(process.env) });
  if (tokens.length === 0) console.log(`nothing is set aside in ${directory}`);
  for (const token of tokens) {
    try {
      const block = await readSetAsideBlock(setAside, token);
      await store.insertBlock(block, { token });
      await setAside.remove(token);
      console.log(`${token}: stored, ${block.rows} spans`);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${token}: stays set aside: ${messageOf(error)}`);
    }
  }
}

async function drop(token: string | undefined): Promise<void> {
  if (token === undefined) throw new Error(`TOKEN is missing\n${USAGE}`);
  await setAside.remove(await known(token));
  console.log(`${token}: removed`);
}

/** A token that there is: nothing else is made a path of. */
async function known(token: string): Promise<string> {
  if ((await setAside.tokens()).includes(token)) return token;
  throw new Error(`${JSON.stringify(token)} is not set aside in ${directory}`);
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
