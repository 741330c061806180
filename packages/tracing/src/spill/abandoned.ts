import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A directory of another machine that nothing was written to for so long has no process any more. */
const ABANDONED_AFTER_MS = 15 * 60_000;
const NAME = /^([0-9a-z]{9,})-([0-9]+)-(.+)$/;

let made = 0;

/** `TIME-PID-HOST`: names sort by the time they were made. */
export function ownerName(host: string, pid: number): string {
  const time = (Date.now() * 1000 + (made++ % 1000)).toString(36).padStart(11, '0');
  return `${time}-${pid}-${plain(host)}`;
}

/** Directories whose process is gone, the oldest first. */
export function abandonedDirectories(root: string, inUse: ReadonlySet<string>): string[] {
  return namesIn(root)
    .filter((name) => NAME.test(name) && !inUse.has(join(root, name)) && isAbandoned(root, name))
    .toSorted()
    .map((name) => join(root, name));
}

const plain = (host: string): string => host.replace(/[^\w.-]/g, '_');

function namesIn(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return []; // It is made with the first spill.
  }
}

function isAbandoned(root: string, name: string): boolean {
  const [, , pid = '', host = ''] = NAME.exec(name) ?? [];
  if (host === plain(hostname())) {
    // The same number again: a container's first process always has it.
    return Number(pid) === process.pid || !isAlive(Number(pid));
  }
  return Date.now() - statSync(join(root, name)).mtimeMs > ABANDONED_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
