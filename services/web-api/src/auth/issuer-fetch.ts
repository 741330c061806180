import { isLoopback } from '../http/loopback.ts';

const timeoutMs = 5000;
/** A discovery document has about 5 kB, ten keys as much. */
const maxBytes = 1_048_576;

/** Asks the issuer, and nobody it points to: no redirect, nothing unprotected, and no more than can be its answer. */
export async function issuerFetch(url: string, init: RequestInit = {}): Promise<Response> {
  if (!isProtected(new URL(url))) throw new Error(`${url} is neither https nor on loopback`);
  const response = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: init.signal ?? AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return new Response(await boundedBody(url, response));
}

/** Whether nobody between can read or change what is said there. */
export const isProtected = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));

async function boundedBody(url: string, { body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`${url} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
