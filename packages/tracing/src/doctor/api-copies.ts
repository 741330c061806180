import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doubtful, type Finding, fine } from './finding.ts';

/** Where copies hide: at the top, and inside of packages that wanted another version. */
const PLACES = [
  'node_modules/@opentelemetry/api/package.json',
  'node_modules/*/node_modules/@opentelemetry/api/package.json',
  'node_modules/@*/*/node_modules/@opentelemetry/api/package.json',
];

/**
 * Copies of the OpenTelemetry API share one global, but a newer copy ignores what an older one registered:
 * its spans then have ids of zeros.
 */
export function apiCopies(directory: string): Finding[] {
  const versions = new Map<string, string>();
  for (const path of globSync(PLACES, { cwd: directory })) {
    const { version } = JSON.parse(readFileSync(join(directory, path), 'utf8')) as { version: string };
    versions.set(path.replace(/\/package\.json$/, ''), version);
  }
  if (versions.size === 0) return [];
  const [first] = versions.values();
  if ([...versions.values()].every((version) => version === first))
    return [fine(`one OpenTelemetry API: ${first}`)];
  const list = [...versions].map(([path, version]) => `${path} ${version}`).join(', ');
  return [
    doubtful(
      `several versions of the OpenTelemetry API: ${list}`,
      'spans of a newer copy may be lost: `npm dedupe`, or an override in package.json',
    ),
  ];
}
