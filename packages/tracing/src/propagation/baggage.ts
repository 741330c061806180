import { type Baggage, baggageEntryMetadataFromString, propagation } from '@opentelemetry/api';

export const BAGGAGE_HEADER = 'baggage';

/** Limits of W3C baggage: what a receiver has to carry at least, and all we carry. */
const MAX_ENTRIES = 64;
const MAX_LENGTH = 8192;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads a `baggage` header; null when it holds no valid entry. */
export function parseBaggage(header: unknown): Baggage | null {
  if (typeof header !== 'string' || header === '' || header.length > MAX_LENGTH) return null;
  let baggage = propagation.createBaggage();
  let count = 0;
  for (const member of header.split(',')) {
    const [pair = '', ...properties] = member.split(';');
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    const value = at > 0 && TOKEN.test(key) ? decoded(pair.slice(at + 1).trim()) : null;
    if (value === null) continue;
    const metadata = properties.join(';').trim();
    baggage = baggage.setEntry(key, {
      value,
      ...(metadata !== '' && { metadata: baggageEntryMetadataFromString(metadata) }),
    });
    if (++count === MAX_ENTRIES) break;
  }
  return count === 0 ? null : baggage;
}

export function formatBaggage(baggage: Baggage): string {
  let header = '';
  let count = 0;
  for (const [key, { value, metadata }] of baggage.getAllEntries()) {
    if (!TOKEN.test(key) || count === MAX_ENTRIES) continue;
    const properties = metadata === undefined ? '' : `;${metadata.toString()}`;
    const member = `${key}=${encodeURIComponent(value.toWellFormed())}${properties}`;
    if (header.length + member.length + 1 > MAX_LENGTH || /[^\x20-\x7e]/.test(member)) continue;
    header += header === '' ? member : `,${member}`;
    count++;
  }
  return header;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // A broken percent escape: the entry is dropped, the others stay.
  }
}
