import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { parseError } from '@clickhouse/client';

export interface SenderOptions {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly maxConnections: number;
  /** Shorter than servers keep theirs, so that it is this side who closes. */
  readonly idleSocketMs: number;
}

/** A statement and what goes with it, as keys of the URL. */
export interface SentStatement {
  readonly sql: string;
  readonly keys: readonly (readonly [string, string])[];
  /** Without a word from the server for so long, it counts as gone. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Statements without data over node:http. @clickhouse/client waits for a timer before each request, sends the
 * statement through a stream and answers with one: 2.5 ms and 1.2 ms of CPU a statement more, of 6
 * (docs/adr/0004). Errors are the client's own.
 */
export class StatementSender {
  readonly #url: URL;
  readonly #options: SenderOptions;
  readonly #agent: HttpAgent;
  readonly #headers: Readonly<Record<string, string>>;
  #isClosed = false;

  constructor(options: SenderOptions) {
    const url = new URL(options.url);
    const username = url.username === '' ? options.username : decodeURIComponent(url.username);
    const password = url.password === '' ? options.password : decodeURIComponent(url.password);
    this.#url = url;
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: options.maxConnections, timeout: options.idleSocketMs };
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
    this.#headers = {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'text/plain; charset=UTF-8',
    };
  }

  /** Whether an address has no options in it, which only @clickhouse/client knows. */
  static understands(url: string): boolean {
    const { pathname, search } = new URL(url);
    return pathname === '/' && search === '';
  }

  /** The whole answer. Rejects with a ClickHouseError, or with the reason why there was no answer. */
  async send(statement: SentStatement): Promise<Uint8Array> {
    const response = await this.#request(statement, true);
    const body = await bodyOf(response);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 200 && statusCode < 300 && headers['x-clickhouse-exception-code'] === undefined)
      return body;
    throw parseError(body.toString() || `ClickHouse answered ${statusCode} without a word`);
  }

  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
  }

  #request(statement: SentStatement, mayRepeat: boolean): Promise<IncomingMessage> {
    const { sql, keys, timeoutMs, signal } = statement;
    const query = new URLSearchParams([['database', this.#options.database]]);
    for (const [key, value] of keys) query.append(key, value);
    const body = Buffer.from(sql);
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: this.#url.hostname.replace(/^\[|\]$/g, ''),
          port: this.#url.port,
          path: `/?${query}`,
          method: 'POST',
          agent: this.#agent,
          headers: { ...this.#headers, 'content-length': body.length },
          timeout: timeoutMs,
          ...(signal !== undefined && { signal }),
        },
        resolve,
      );
      request.on('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      request.on('error', (error) => {
        // The server closed a kept connection while the request was on its way. It may have run; it can run again.
        if (mayRepeat && !this.#isClosed && request.reusedSocket && wasClosed(error))
          resolve(this.#request(statement, false));
        else reject(error);
      });
      request.end(body);
    });
  }
}

const wasClosed = (error: Error): boolean =>
  'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
