import type { CloudTracePage } from '@utxoiq/tracing/cloud-trace';
import { invalidArgument } from '../errors/api-error.ts';

type Trace = CloudTracePage['traces'][number];

export interface FilteredListOptions {
  readonly pageSize: number;
  readonly pageToken: string | undefined;
  /** Reads a page of Google's. */
  readonly read: (googleToken: string | null) => Promise<CloudTracePage>;
  readonly holds: (spans: Trace['spans']) => boolean;
}

export interface FilteredList {
  readonly traces: readonly Trace[];
  readonly nextPageToken: string | null;
  /** The page is short because enough was read for once, not because there are no more. */
  readonly isCut: boolean;
}

/** Pages of Google's that one answer may cost: 100 of the 300 units that a project has in a minute. */
const MAX_PAGES = 4;

/** A page of traces that satisfy what Google's language cannot say: read there in its order, filtered here. */
export async function filteredList(options: FilteredListOptions): Promise<FilteredList> {
  const { pageSize, read, holds } = options;
  const traces: Trace[] = [];
  let { google, skip } = readToken(options.pageToken);
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await read(google);
    const matching = page.traces.filter(({ spans }) => holds(spans)).slice(skip);
    const room = pageSize - traces.length;
    traces.push(...matching.slice(0, room));
    if (matching.length > room) {
      return { traces, nextPageToken: tokenOf({ google, skip: skip + room }), isCut: false };
    }
    google = page.nextPageToken;
    skip = 0;
    if (google === null) return { traces, nextPageToken: null, isCut: false };
    if (traces.length === pageSize) return { traces, nextPageToken: tokenOf({ google, skip }), isCut: false };
  }
  return { traces, nextPageToken: tokenOf({ google, skip }), isCut: true };
}

/** Google's page to go on with, and how many of its matches were shown. */
interface Position {
  readonly google: string | null;
  readonly skip: number;
}

const tokenOf = ({ google, skip }: Position): string =>
  Buffer.from(JSON.stringify([google, skip])).toString('base64url');

function readToken(token: string | undefined): Position {
  if (token === undefined) return { google: null, skip: 0 };
  try {
    const fields: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const [google, skip] = Array.isArray(fields) ? (fields as unknown[]) : [];
    if ((google === null || typeof google === 'string') && typeof skip === 'number' && skip >= 0) {
      return { google, skip };
    }
  } catch {
    // refused below, as whatever else is no token of ours
  }
  throw invalidArgument('page_token', token, 'a token from the Link header of the page before');
}
