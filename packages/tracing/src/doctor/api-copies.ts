import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doubtful, type Finding, fine } from './finding.ts';

const API = 'node_modules/@opentelemetry/api';

/** Where copies hide: at the top, and inside of packages that wanted another version. */
function places(directory: string): string[] {
  const top = foldersIn(directory, 'node_modules');
  const scoped = top.filter((path) => path.includes('/@')).flatMap((path) => foldersIn(directory, path));
  return [API, ...[...top, ...scoped].map((path) => `${path}/${API}`)];
}

function foldersIn(directory: string, path: string): string[] {
  try {
    return readdirSync(join(directory, path)).map((name) => `${path}/${name}`);
  } catch {
    return []; // Nothing is installed there.
  }
}

function versionOf(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : null;
  } catch {
    return null; // No copy here, or none that could be loaded.
  }
}

/**
 * Copies of the OpenTelemetry API share one global, but a newer copy ignores what an older one registered:
 * its spans then have ids of zeros.
 */
export function apiCopies(directory: string): Finding[] {
  const versions = new Map<string, string>();
  for (const path of places(directory)) {
    const version = versionOf(join(directory, path));
    if (version !== null) versions.set(path, version);
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
