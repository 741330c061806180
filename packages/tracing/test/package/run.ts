// `npm run test:sdk-package`: builds the package, installs its tarball in a temporary folder, and runs programs on
// it as their users would, in ES modules and CommonJS, on every supported Node. Needs the registry: the Node
// versions (kept in .cache/), @opentelemetry/api and Fastify come from it.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeSpans } from '../decode-otlp.ts';

const NODE_VERSIONS = ['22.15.0', '24', '26'];
const MAX_PACKAGES = 10;
const here = import.meta.dirname;
const root = join(here, '../../../..');
const dist = join(here, '../../dist');
const run = promisify(execFile);

/** Spans that arrived since the last reading, by name. */
const arrived: string[] = [];
const collector = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  arrived.push(...decodeSpans(Buffer.concat(chunks)).map(({ name }) => String(name)));
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
});

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
  });
}

function project(folder: string): string {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) npm(folder, 'init', '-y');
  return folder;
}

/** Node from npm, kept between runs. */
function nodeOf(version: string): string {
  const folder = project(join(root, '.cache/sdk-package', `node-${version}`));
  const binary = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(binary)) npm(folder, 'install', `node@${version}`);
  return binary;
}

/** A folder with the package installed from its tarball, and how many packages that took. */
function install(): { readonly folder: string; readonly packages: number } {
  execFileSync(process.execPath, [join(here, '../../build.ts')], { stdio: 'inherit' });
  const folder = project(mkdtempSync(join(tmpdir(), 'utxoiq-tracing-')));
  const packed = npm(dist, 'pack', '--pack-destination', folder).trim().split('\n').at(-1) ?? '';
  npm(folder, 'install', join(folder, packed));
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  const packages = Object.keys(lock.packages).filter((path) => path !== '').length;
  const { devDependencies } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  npm(folder, 'install', `fastify@${devDependencies.fastify}`);
  for (const file of readdirSync(here)) copyFileSync(join(here, file), join(folder, file));
  return { folder, packages };
}

/** The package's types, seen by a program of its user in either module system. */
function compile(folder: string): void {
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  const options = ['--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2023', ...types];
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'decorated.mts'],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  );
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  /** Spans that have to arrive, sorted. */
  readonly spans: readonly string[];
}

const JOURNEY = ['GET', 'GET /insights/:id', 'load'];
const CASES: readonly Case[] = [
  { name: 'ES module', args: ['journey-esm.mjs'], spans: JOURNEY },
  { name: 'CommonJS', args: ['journey-cjs.cjs'], spans: JOURNEY },
  { name: 'decorator', args: ['decorated.mjs'], spans: ['find'] },
  {
    name: '--import register',
    args: ['--import', '@utxoiq/tracing/register', 'unaware.cjs'],
    spans: ['GET', 'GET'],
  },
  {
    name: '--require register',
    args: ['--require', '@utxoiq/tracing/register', 'unaware.cjs'],
    spans: ['GET', 'GET'],
  },
  { name: 'doctor', args: ['node_modules/@utxoiq/tracing/esm/bin.js', 'doctor'], spans: [] },
];

/** What went wrong, or null. */
async function check(
  node: string,
  folder: string,
  { args, spans }: Case,
  endpoint: string,
): Promise<string | null> {
  arrived.length = 0;
  try {
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, NODE_OPTIONS: '' };
    const { stderr } = await run(node, [...args], { cwd: folder, env, timeout: 20_000 });
    if (stderr !== '') return `it wrote: ${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${String(error)}\n${stdout}${stderr}`;
  }
  const got = arrived.toSorted().join(', ');
  return got === spans.join(', ') ? null : `spans that arrived: ${got}; expected: ${spans.join(', ')}`;
}

const { folder, packages } = install();
compile(folder);
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
let failures = packages > MAX_PACKAGES ? 1 : 0;
console.log(`installed packages: ${packages} (at most ${MAX_PACKAGES})`);
for (const version of NODE_VERSIONS) {
  const node = nodeOf(version);
  const running = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  for (const one of CASES) {
    const problem = await check(node, folder, one, endpoint);
    if (problem !== null) failures++;
    console.log(
      `${problem === null ? 'ok    ' : 'FAILED'}  Node ${running}, ${one.name}${problem === null ? '' : `: ${problem}`}`,
    );
  }
}
collector.close();
rmSync(folder, { recursive: true, force: true });
console.log(failures === 0 ? 'the package works' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
