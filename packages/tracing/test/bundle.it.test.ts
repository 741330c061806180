import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, it } from 'vitest';
import { type OtlpReceiver, startOtlpReceiver, treeOf } from './otlp-receiver.ts';

/** Child processes, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

import { projectWithSdk } from './published-package.ts';

const run = promisify(execFile);
const project = projectWithSdk(['@grpc/grpc-js', 'fastify'], 'programs');
/** Here nothing is installed: what is not in a bundle cannot be found. */
const bare = mkdtempSync(join(tmpdir(), 'utxoiq-bundle-'));
const receiver: OtlpReceiver = await startOtlpReceiver();
afterAll(() => {
  receiver.close();
  rmSync(bare, { recursive: true, force: true });
  project.remove();
});

type Format = 'esm' | 'cjs';
interface Bundle {
  readonly file: string;
  /** Names of the packages whose code is in it. */
  readonly modules: readonly string[];
}
type Bundler = (entry: string, format: Format, file: string) => Promise<readonly string[]>;

/** CommonJS packages within an ES module need a `require`; with esbuild every program adds these words. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const byEsbuild: Bundler = async (entry, format, outfile) => {
  const options = { bundle: true, platform: 'node', metafile: true, logLevel: 'error' } as const;
  const banner = format === 'esm' ? { js: REQUIRE } : {};
  const minify = format === 'cjs';
  const { metafile } = await build({ ...options, minify, entryPoints: [entry], format, outfile, banner });
  const [output] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  return Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
};

const byRolldown: Bundler = async (entry, format, file) => {
  const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.write({ file, format, codeSplitting: false });
  await bundle.close();
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
};

const BUNDLERS = { esbuild: byEsbuild, rolldown: byRolldown } as const;
const ALL: [keyof typeof BUNDLERS, Format][] = [
  ['esbuild', 'esm'],
  ['esbuild', 'cjs'],
  ['rolldown', 'esm'],
  ['rolldown', 'cjs'],
];

async function bundle(bundler: keyof typeof BUNDLERS, format: Format, program: string): Promise<Bundle> {
  const file = join(bare, `${program}-${bundler}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const modules = await BUNDLERS[bundler](join(project.folder, `${program}.mjs`), format, file);
  return { file, modules };
}

/** Runs it to its end; gives the spans that arrived. */
async function traced(...args: readonly string[]) {
  receiver.spans.length = 0;
  const env = { ...process.env, NODE_OPTIONS: '', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const { stderr } = await run(process.execPath, [...args], { cwd: bare, env, timeout: 100_000 });
  expect(stderr).toBe('');
  return [...receiver.spans];
}

describe('an application bundled together with the SDK', SLOW, () => {
  it.each(ALL)('%s, %s: Fastify, fetch, node:http and gRPC as one trace', async (bundler, format) => {
    const { file } = await bundle(bundler, format, 'bundled-service');
    const spans = await traced(file);
    expect(treeOf(spans)).toBe(
      [
        'GET (client)',
        '  GET /front/:id (server)',
        '    GET (client)',
        '      GET /items/:id (server)',
        '        load (internal)',
        '          test.Echo/Call (client)',
        '            test.Echo/Call (server)',
      ].join('\n'),
    );
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it.each([
    ['esbuild', 'cjs'],
    ['rolldown', 'esm'],
  ] as const)('%s, %s: traced from outside by --import register', async (bundler, format) => {
    const { file } = await bundle(bundler, format, 'bundled-unaware');
    const spans = await traced('--import', join(project.sdk, 'esm/register.js'), file);
    expect(treeOf(spans)).toBe('GET (client)\n  GET /items/:id (server)');
  });
});

describe('tree shaking', SLOW, () => {
  const sizeOf = async (bundler: keyof typeof BUNDLERS, name: string, source: string) => {
    writeFileSync(join(project.folder, `${name}.mjs`), source);
    const { file, modules } = await bundle(bundler, 'esm', name);
    return { text: readFileSync(file, 'utf8'), modules };
  };

  it.each(['esbuild', 'rolldown'] as const)(
    '%s: the service brings neither gRPC nor Google',
    async (bundler) => {
      const source = "import { TracingService } from '@utxoiq/tracing'; console.log(TracingService);";
      const { modules } = await sizeOf(bundler, 'only-the-service', source);
      const foreign = modules.filter(
        (path) => !/@utxoiq\/tracing|@opentelemetry\/api|only-the-service|^\0rolldown/.test(path),
      );
      expect(foreign).toEqual([]);
    },
  );

  it.each(['esbuild', 'rolldown'] as const)('%s: a sampler brings no exporter at all', async (bundler) => {
    const source = "import { ratio } from '@utxoiq/tracing'; console.log(ratio(0.5));";
    const { text } = await sizeOf(bundler, 'only-a-sampler', source);
    for (const part of ['TraceService/Export', 'googleapis.com', 'google-auth-library', '/v1/traces']) {
      expect(text).not.toContain(part);
    }
    expect(text.length).toBeLessThan(20_000);
  });
});
