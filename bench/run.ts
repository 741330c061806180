// `npm run bench`: lists the measurements; `npm run bench -- api/read [options]` runs one, alone on the machine if
// its figures are to mean anything.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [name, ...args] = process.argv.slice(2);

/** The first comment of a file says what it measures. Files without one are parts of others. */
function describeBench(path: string): string | null {
  const [line = ''] = readFileSync(`${folder}${path}`, 'utf8').split('\n');
  return line.startsWith('// ') ? line.slice(3) : null;
}

if (name === undefined) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/.*\.ts$/.test(file),
  );
  for (const file of files.sort()) {
    const description = describeBench(file);
    if (description !== null) console.log(`${file.replace(/\.ts$/, '').padEnd(30)} ${description}`);
  }
} else if (existsSync(`${folder}${name}.ts`)) {
  const child = spawn(process.execPath, [`${folder}${name}.ts`, ...args], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
} else {
  console.error(`no measurement ${JSON.stringify(name)}; npm run bench lists them`);
  process.exitCode = 1;
}
