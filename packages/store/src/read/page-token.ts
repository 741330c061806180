import { createHash } from 'node:crypto';
import type { Filter } from '@utxoiq/model';
import { StoreError } from '../errors.ts';
import type { Projects } from './queries.ts';

/** Where a page ended: the sort key's value and the id of its last row. */
export interface PageKey {
  readonly sortKey: string;
  readonly id: string;
}

export interface PagedQuery {
  readonly projects: Projects;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly filter: Filter | null;
  readonly orderBy?: string;
}

/** A token names the last row of a page, not its number, so pages do not shift while spans arrive. */
export function encodePageToken(kind: string, query: PagedQuery, key: PageKey): string {
  return Buffer.from(JSON.stringify([fingerprint(kind, query), key.sortKey, key.id])).toString('base64url');
}

/** The key in a token; fails if the token is damaged or was made for another query. */
export function decodePageToken(kind: string, query: PagedQuery, token: string): PageKey {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (cause) {
    throw new StoreError('INVALID_PAGE_TOKEN', 'the page token is damaged', { cause });
  }
  const [made, sortKey, id] = Array.isArray(fields) ? (fields as unknown[]) : [];
  if (
    typeof made !== 'string' ||
    typeof sortKey !== 'string' ||
    typeof id !== 'string' ||
    !/^[0-9a-f]*$/.test(id)
  ) {
    throw new StoreError('INVALID_PAGE_TOKEN', 'the page token is damaged');
  }
  if (made !== fingerprint(kind, query)) {
    throw new StoreError(
      'INVALID_PAGE_TOKEN',
      'the page token was made for another query: repeat the same time range, filter, order and projects',
    );
  }
  return { sortKey, id };
}

/** A sort key that must be a whole number. */
export function numericKey(key: PageKey): bigint {
  if (!/^-?\d{1,20}$/.test(key.sortKey))
    throw new StoreError('INVALID_PAGE_TOKEN', 'the page token is damaged');
  return BigInt(key.sortKey);
}

function fingerprint(kind: string, query: PagedQuery): string {
  const { projects, startUnixNano, endUnixNano, filter, orderBy } = query;
  const text = JSON.stringify(
    [kind, projects, startUnixNano, endUnixNano, filter, orderBy ?? null],
    (_, value) => (typeof value === 'bigint' ? value.toString() : value),
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
