import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PlatformError } from './platform-error.ts';

/** Makes the data directory and takes it for this process. Returns what gives it back. */
export function claimDataDir(dataDir: string): { release(): void } {
  makeWritable(dataDir);
  const path = join(dataDir, 'platform.lock');
  const mine = JSON.stringify({ pid: process.pid, born: bornAt(process.pid) });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (createOnce(path, mine)) {
      return { release: () => (readIfThere(path) === mine ? rmSync(path, { force: true }) : undefined) };
    }
    const pid = livingOwner(readIfThere(path));
    if (pid !== null) {
      throw new PlatformError(
        `Another platform (process ${pid}) uses the data directory ${dataDir}.`,
        'Stop it, or choose another directory: DATA_DIR=./data-2 npm start',
      );
    }
    rmSync(path, { force: true });
  }
  throw new PlatformError(`The data directory ${dataDir} is being taken by another process.`, 'Try again.');
}

function makeWritable(dataDir: string): void {
  try {
    makeDirectory(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    const probe = join(dataDir, `.probe-${randomUUID()}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PlatformError(
      `The data directory ${dataDir} cannot be written (${code === 'EEXIST' ? 'a file is there' : code}).`,
      'Make it writable for this user, or choose another: DATA_DIR=/path npm start',
      { cause },
    );
  }
}

/** Not `recursive: true`: that never returns for a path below /proc. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path);
  }
}

/** Writes the file whole or not at all; false when it is there already. */
function createOnce(path: string, text: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The process that holds the lock; null when it is gone, or its number belongs to a younger process now. */
function livingOwner(text: string | null): number | null {
  try {
    const { pid, born } = JSON.parse(text ?? '') as { pid: number; born: string | null };
    process.kill(pid, 0);
    return bornAt(pid) === born ? pid : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
      ? (JSON.parse(text ?? '') as { pid: number }).pid
      : null;
  }
}

/** When a process started, in the kernel's ticks (proc(5), field 22); null where there is no /proc. */
function bornAt(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Not there, or gone in this moment: the same.
  }
}
