import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CollectorError, directoryUnusable } from '../collector-error.ts';

/**
 * Keeps a second process off a log directory. SQLite's exclusive lock on an empty file is an operating
 * system lock (fcntl, LockFileEx): it ends with the process however that ends, so no stale lock is ever left,
 * and Node has no call for one of its own.
 */
export function lockDirectory(directory: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    // Asked first: SQLite does not say why it cannot open a file.
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    database = new DatabaseSync(join(directory, 'lock'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && cause.message.includes('locked')) {
      const message = `another collector uses ${directory}: stop it or give this one another directory`;
      throw new CollectorError('DIRECTORY_IN_USE', message, { cause });
    }
    throw directoryUnusable(directory, cause);
  }
  const held = database;
  return () => held.close();
}
