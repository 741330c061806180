import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { enabledPackages } from '../passed-in/enabled-instrumentations.ts';
import { broken, type Finding } from './finding.ts';

/** Instrumentations that the environment names, and that are not installed. */
export function missingInstrumentations(directory: string, env: Environment): Finding[] {
  const { resolve } = createRequire(join(directory, 'program.js'));
  return enabledPackages(env).flatMap((name) => {
    try {
      resolve(name);
      return [];
    } catch {
      const found = `OTEL_NODE_ENABLED_INSTRUMENTATIONS names ${name}, which is not installed`;
      return [broken(found, `npm install ${name}`)];
    }
  });
}
