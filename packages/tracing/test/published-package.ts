import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const MODULES = join(import.meta.dirname, '../../../node_modules');

export interface Project {
  readonly folder: string;
  /** The built package within it. */
  readonly sdk: string;
  remove(): void;
}

/** A folder outside of the checkout with the package as it is published, but for its types, and others linked in. */
export function projectWithSdk(packages: readonly string[], programs: string): Project {
  const folder = mkdtempSync(join(tmpdir(), 'utxoiq-tracing-'));
  const sdk = join(folder, 'node_modules/@utxoiq/tracing');
  mkdirSync(dirname(sdk), { recursive: true });
  execFileSync(process.execPath, [join(import.meta.dirname, '../build.ts'), '--out', sdk, '--no-types']);
  for (const name of ['@opentelemetry/api', ...packages]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(MODULES, name), link);
  }
  cpSync(join(import.meta.dirname, programs), folder, { recursive: true });
  return { folder, sdk, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
