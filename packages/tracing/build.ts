// Makes the published package: ES modules, CommonJS and types.
//   node packages/tracing/build.ts [--out DIRECTORY] [--no-types]     dist/ by default
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = import.meta.dirname;
const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-types': { type: 'boolean' } } });
const dist = resolve(values.out ?? join(root, 'dist'));
const ENTRIES = ['index', 'register', 'testing', 'cloud-trace'];
/** Not published by itself: what is used of it becomes a part of the bundle. */
const BUNDLED = '@utxoiq/model';

/** One file per entry and what they share: importing 60 small modules took 3 times as long. */
async function bundle(format: 'esm' | 'cjs', entries: readonly string[]): Promise<void> {
  const bundled = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(root, 'src', `${entry}.ts`)])),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !id.startsWith(BUNDLED),
  });
  await bundled.write({ dir: join(dist, format), format, chunkFileNames: '[name].js', sourcemap: true });
  await bundled.close();
}

const DECLARE = [
  ...['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--rewriteRelativeImportExtensions'],
  ...['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--strict', '--skipLibCheck'],
  ...['--lib', 'es2025,esnext.disposable,esnext.decorators', '--exactOptionalPropertyTypes'],
];

function declare(rootDir: string, entries: readonly string[], outDir: string): void {
  const files = entries.map((entry) => join(rootDir, `${entry}.ts`));
  const args = [...DECLARE, '--outDir', outDir, '--rootDir', rootDir, ...files];
  const { status } = spawnSync(join(root, '../../node_modules/.bin/tsc'), args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc failed for ${outDir}`);
}

/** Types of the SDK, and beside them those of the model that they name. */
function declareTypes(outDir: string): void {
  const model = join(outDir, 'model');
  declare(join(root, 'src'), ENTRIES, outDir);
  declare(join(root, '../model/src'), ['index'], model);
  for (const file of globSync('**/*.d.ts', { cwd: outDir })) {
    const path = join(outDir, file);
    const text = readFileSync(path, 'utf8');
    const target = relative(dirname(path), join(model, 'index.js')).replaceAll('\\', '/');
    if (text.includes(`'${BUNDLED}'`)) writeFileSync(path, text.replaceAll(`'${BUNDLED}'`, `'${target}'`));
  }
}

const source = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, never>;
const { [BUNDLED]: _bundled, ...dependencies } = source.dependencies as Record<string, string>;
rmSync(dist, { recursive: true, force: true });
await bundle('esm', [...ENTRIES, 'bin']);
await bundle('cjs', ENTRIES);
if (values['no-types'] !== true) for (const format of ['esm', 'cjs']) declareTypes(join(dist, format));
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
      dependencies,
      peerDependencies: source.peerDependencies,
      peerDependenciesMeta: source.peerDependenciesMeta,
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
