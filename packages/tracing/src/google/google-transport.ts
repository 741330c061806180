import type { HeaderSource } from '../export/otlp-http-transport.ts';
import type { SendResult, Transport } from '../export/send-result.ts';
import type { GoogleCredentials } from './credentials.ts';
import { isUnauthenticated, NO_CREDENTIALS, nextStepOf } from './next-step.ts';

const SERVICE = 'telemetry';

export interface GoogleTransportOptions {
  readonly credentials: GoogleCredentials;
  /** Null: the Telemetry API of the credentials' universe. */
  readonly url: string | null;
  /** Added to what authorises a request, where that does not set the same. */
  readonly headers: HeaderSource;
  /** What follows the host: `/v1/traces` for HTTP, nothing for gRPC. */
  readonly path: string;
  readonly connect: (url: string, headers: HeaderSource) => Transport;
  readonly projectId: () => string;
}

/** Either OTLP transport, with Google's tokens in it and its refusals explained. */
export class GoogleTransport implements Transport {
  private readonly options: GoogleTransportOptions;
  private opening: Promise<Transport> | null = null;
  private url: string;
  private renewed = false;

  constructor(options: GoogleTransportOptions) {
    this.options = options;
    this.url = options.url ?? `https://${SERVICE}.googleapis.com${options.path}`;
  }

  get endpoint(): string {
    return this.url;
  }

  async send(body: Buffer, signal: AbortSignal): Promise<SendResult> {
    try {
      this.opening ??= this.open();
      const inner = await this.opening;
      // Asked here as well, so that missing credentials are told from a network that is away.
      await this.options.credentials.headers(this.url);
      return this.explained(await inner.send(body, signal));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return {
        status: 'retry',
        afterMs: null,
        reason: `no credentials: ${message}`,
        nextStep: NO_CREDENTIALS,
      };
    }
  }

  close(): void {
    // Nobody waits for it: what never opened has nothing to close.
    void this.opening?.then(
      (inner) => inner.close(),
      () => {},
    );
  }

  private async open(): Promise<Transport> {
    const { credentials, connect, path, url } = this.options;
    try {
      this.url = url ?? `https://${SERVICE}.${await credentials.universeDomain()}${path}`;
    } catch (error) {
      this.opening = null; // The credentials may be there the next time.
      throw error;
    }
    return connect(this.url, () => this.headers());
  }

  /** Names in lower case and each only once: two `x-goog-user-project` are refused. */
  private async headers(): Promise<Record<string, string>> {
    const { headers, credentials } = this.options;
    const own = typeof headers === 'function' ? await headers() : headers;
    const lower = Object.entries(own).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { ...Object.fromEntries(lower), ...(await credentials.headers(this.url)) };
  }

  private explained(result: SendResult): SendResult {
    if (result.status === 'ok') {
      this.renewed = false;
      return result;
    }
    if (result.status === 'refused' && isUnauthenticated(result.reason) && !this.renewed) {
      this.renewed = true;
      this.options.credentials.renew();
      return { status: 'retry', afterMs: 0, reason: result.reason, nextStep: NO_CREDENTIALS };
    }
    const nextStep = nextStepOf(result.reason, this.options.projectId());
    return nextStep === null ? result : { ...result, nextStep };
  }
}
