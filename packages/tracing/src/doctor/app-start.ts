import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { type Environment, text } from '../config/environment.ts';
import { doubtful, type Finding, fine } from './finding.ts';

const OURS = '@utxoiq/tracing';
const REGISTER = `${OURS}/register`;
const IMPORT_FLAG = /(?:--import|--require|-r)[= ]+(\S+)/g;
/** Static imports, re-exports and requires, in the order they stand. */
const LOADS =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]\s*\)/g;
/** Packages whose OpenTelemetry instrumentations patch them as they load; ours need no order. */
const PATCHED_ON_LOAD = new Set(
  'amqplib aws-sdk bunyan cassandra-driver connect dataloader generic-pool graphql ioredis kafkajs knex koa lru-memoizer memcached mongodb mongoose mysql mysql2 pg redis socket.io tedious winston'.split(
    ' ',
  ),
);

interface Program {
  /** The whole command, with `NODE_OPTIONS`. */
  readonly command: string;
  readonly entry: string | null;
}

/** Whether tracing is there before what it should trace. Looks at the start script and the entry's imports only. */
export function appStart(directory: string, env: Environment, app?: string): Finding[] {
  const { command, entry } = programOf(directory, env, app);
  const flags = [...command.matchAll(IMPORT_FLAG)].map(([, module = '']) => module);
  if (flags.includes(REGISTER)) return [fine(`${REGISTER} is loaded before the program`)];
  if (entry === null) return [];
  const loads = [...readFileSync(entry, 'utf8').matchAll(LOADS)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const isEsm = isModule(entry);
  const at = loads.findIndex((name) => name === OURS || name.startsWith(`${OURS}/`));
  if (at < 0) return flags.length > 0 ? [] : [notLoaded(entry)];
  const early = loads.filter((name, i) => PATCHED_ON_LOAD.has(name) && (isEsm || i < at));
  if (early.length === 0) return [fine(`${entry} loads tracing`)];
  return [tooEarly(entry, early, isEsm, flags)].flat();
}

function notLoaded(entry: string): Finding {
  return doubtful(
    `${entry} does not load ${OURS} itself`,
    `start it with \`node --import ${REGISTER} ${entry}\`, unless another file of it does`,
  );
}

function tooEarly(
  entry: string,
  early: readonly string[],
  isEsm: boolean,
  flags: readonly string[],
): Finding[] {
  const names = early.join(', ');
  if (isEsm && flags.length > 0) return [];
  return [
    isEsm
      ? doubtful(
          `${entry} is an ES module and imports ${names}: imports run before its code, so before tracing starts`,
          'put tracing into a file of its own, `start()` included, and start with `node --import ./tracing.mjs`: it then patches ES modules as well',
        )
      : doubtful(`${entry} requires ${names} before ${OURS}`, 'require and start tracing first'),
  ];
}

function programOf(directory: string, env: Environment, app: string | undefined): Program {
  const manifest = readManifest(directory);
  const script = app ?? manifest.scripts?.start ?? '';
  const command = `${text(env, 'NODE_OPTIONS') ?? ''} ${script}`;
  const candidates = [
    ...script.split(/\s+/).filter((word) => /\.[cm]?[jt]s$/.test(word)),
    manifest.main ?? '',
  ];
  const flagged = new Set([...command.matchAll(IMPORT_FLAG)].map(([, module]) => module));
  const entry = candidates
    .filter((word) => word !== '' && !flagged.has(word))
    .map((word) => resolve(directory, word))
    .find((path) => existsSync(path) && statSync(path).isFile());
  return { command, entry: entry ?? null };
}

interface Manifest {
  readonly main?: string;
  readonly type?: string;
  readonly scripts?: { readonly start?: string };
}

function readManifest(directory: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return {}; // None here, or a broken one that npm will complain of.
  }
}

function isModule(file: string): boolean {
  if (/^\.m[jt]s$/.test(extname(file))) return true;
  if (/^\.c[jt]s$/.test(extname(file))) return false;
  let directory = dirname(file);
  while (!existsSync(join(directory, 'package.json')) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  return readManifest(directory).type === 'module';
}
