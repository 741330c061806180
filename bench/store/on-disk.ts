import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TraceStore } from '@utxoiq/store';

/** Merges every table down to one part per day. */
export async function merge(url: string): Promise<void> {
  for (const table of ['spans', 'traces', 'red', 'attribute_keys']) {
    const response = await fetch(`${url}/?database=utxoiq`, {
      method: 'POST',
      body: `OPTIMIZE TABLE ${table} FINAL`,
    });
    if (!response.ok) throw new Error(`cannot merge ${table}: ${await response.text()}`);
    await response.text();
  }
}

/** Reads every file once, so that the operating system has them in memory: some take a file out after minutes without use. */
export async function readIntoMemory(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) await readFile(join(entry.parentPath, entry.name));
}

/** Bytes on disk per span: of each table, with its indexes and marks, and of all. */
export async function spanBytes(store: TraceStore): Promise<readonly string[]> {
  const tables = await store.status();
  const spans = tables.find(({ table }) => table === 'spans')?.rows ?? 0;
  const perSpan = (bytes: number): string => (bytes / spans).toFixed(2).padStart(8);
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...tables.map(
      ({ table, rows, bytes, parts }) => `${perSpan(bytes)} B/span  ${table} (${rows} rows, ${parts} parts)`,
    ),
    `${perSpan(total)} B/span  in all`,
  ];
}

/** Milliseconds of CPU that the engine's queries took since it started. */
export async function engineCpuMs(url: string): Promise<number> {
  const body = "SELECT value FROM system.events WHERE event = 'OSCPUVirtualTimeMicroseconds'";
  const response = await fetch(url, { method: 'POST', body });
  return Number(await response.text()) / 1000;
}
