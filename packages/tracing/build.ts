// Makes the published package in dist/: ES modules, CommonJS and types.   node packages/tracing/build.ts
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const ENTRIES = ['index', 'register', 'testing', 'cloud-trace', 'google'];

function compile(outDir: string, entries: readonly string[], flags: readonly string[]): void {
  const args = [
    ...['--noEmit', 'false', '--outDir', outDir, '--rootDir', join(root, 'src')],
    ...[
      '--rewriteRelativeImportExtensions',
      '--target',
      'es2023',
      '--lib',
      'es2025,esnext.disposable,esnext.decorators',
    ],
    ...['--strict', '--skipLibCheck', '--exactOptionalPropertyTypes', '--types', 'node', ...flags],
    ...entries.map((entry) => join(root, 'src', `${entry}.ts`)),
  ];
  const tsc = join(root, '../../node_modules/.bin/tsc');
  const { status } = spawnSync(tsc, ['--ignoreConfig', ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc failed for ${outDir}`);
}

const source = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, never>;
rmSync(dist, { recursive: true, force: true });
compile(join(dist, 'esm'), [...ENTRIES, 'bin'], ['--module', 'nodenext', '--declaration']);
compile(join(dist, 'cjs'), ENTRIES, [
  '--module',
  'commonjs',
  '--moduleResolution',
  'bundler',
  '--declaration',
]);
const bin = join(dist, 'esm/bin.js');

writeFileSync(join(dist, 'esm/package.json'), '{"type":"module"}\n');
writeFileSync(join(dist, 'cjs/package.json'), '{"type":"commonjs"}\n');
writeFileSync(
  join(dist, 'package.json'),
  `${JSON.stringify(
    {
      name: source.name,
      version: source.version,
      description: source.description,
      license: source.license,
      sideEffects: ['./esm/register.js', './cjs/register.js'],
      engines: { node: '>=22.15' },
      bin: { 'utxoiq-tracing': './esm/bin.js' },
      exports: Object.fromEntries(
        ENTRIES.map((entry) => [entry === 'index' ? '.' : `./${entry}`, exportsOf(entry)]),
      ),
      dependencies: source.dependencies,
    },
    null,
    2,
  )}\n`,
);
chmodSync(bin, 0o755);
copyFileSync(join(root, 'README.md'), join(dist, 'README.md'));
console.log(`built ${dist}`);

function exportsOf(entry: string) {
  return {
    import: { types: `./esm/${entry}.d.ts`, default: `./esm/${entry}.js` },
    require: { types: `./cjs/${entry}.d.ts`, default: `./cjs/${entry}.js` },
  };
}
