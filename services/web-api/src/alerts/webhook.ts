import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AlertMessage, slackBody, webhookBody } from './alert-message.ts';
import type { AlertTarget } from './alerts-config.ts';

export type DeliveryResult =
  | { readonly ok: true; readonly status: number; readonly attempts: number }
  | { readonly ok: false; readonly reason: string; readonly attempts: number };

export interface DeliveryOptions {
  readonly signal: AbortSignal;
  /** For one attempt. */
  readonly timeoutMs?: number;
  /** Between attempts; how many there are, and one more. */
  readonly pausesMs?: readonly number[];
}

const defaults = Object.freeze({ timeoutMs: 10_000, pausesMs: [1000, 4000, 15_000] as readonly number[] });
const MAX_PAUSE_MS = 30_000;

/**
 * Sends a message until it is taken: what a receiver may mend by itself (no answer, 408, 429, 5xx) is tried again, the
 * same bytes under the same id. It follows no redirect: the address is what the operator wrote, and no other.
 */
export async function deliver(
  target: AlertTarget,
  message: AlertMessage,
  options: DeliveryOptions,
): Promise<DeliveryResult> {
  const { signal, timeoutMs, pausesMs } = { ...defaults, ...options };
  const body = JSON.stringify(target.name === 'slack' ? slackBody(message) : webhookBody(message));
  for (let attempts = 1; ; attempts++) {
    const answer = await post(target, { body, id: message.id, timeoutMs, signal });
    if (answer.ok) return { ok: true, status: answer.status, attempts };
    const pauseMs = pausesMs[attempts - 1];
    if (!answer.mayRetry || pauseMs === undefined || signal.aborted)
      return { ok: false, reason: answer.reason, attempts };
    const askedMs = Math.min(MAX_PAUSE_MS, answer.retryAfterMs);
    await sleep(Math.max(pauseMs, askedMs), undefined, { signal }).catch(() => undefined); // the loop sees the abort
  }
}

type Answer =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly mayRetry: boolean;
      readonly retryAfterMs: number;
    };

interface Post {
  readonly body: string;
  readonly id: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function post(target: AlertTarget, { body, id, timeoutMs, signal }: Post): Promise<Answer> {
  try {
    const { address, authorization } = withoutCredentials(target.url);
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'utxoiq-tracing',
        'x-utxoiq-delivery': id,
        ...authorization,
        ...(target.secret === undefined
          ? {}
          : { 'x-utxoiq-signature': signatureOf(target.secret, body, Date.now()) }),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (status >= 200 && status < 300) return { ok: true, status };
    const mayRetry = status >= 500 || status === 408 || status === 429;
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after') ?? '', Date.now());
    return { ok: false, reason: `it answered ${status}`, mayRetry, retryAfterMs };
  } catch (error) {
    return { ok: false, reason: reasonOf(error), mayRetry: true, retryAfterMs: 0 };
  }
}

/** `https://user:password@host/...`: in the header that it stands for, since no request may have it in its address. */
function withoutCredentials(text: string): { address: string; authorization: Record<string, string> } {
  const url = new URL(text);
  if (url.username === '' && url.password === '') return { address: text, authorization: {} };
  const credentials = [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { address: url.href, authorization: { authorization } };
}

/** Seconds, or a date (RFC 9110 section 10.2.3); 0 for what is neither. */
export function readRetryAfter(text: string, nowMs: number): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return ms > 0 ? ms : 0;
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'it did not answer in time';
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code =
    cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return `it could not be reached (${code})`;
}

/** `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex>`: the time keeps old messages from being sent again. */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
