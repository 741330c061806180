import type { SendResult, Transport } from '../src/export/send-result.ts';
import { type DecodedSpan, decodeSpans } from './decode-otlp.ts';

/** Keeps what is sent; answers with `results` in turn, then with success. */
export class MemoryTransport implements Transport {
  readonly endpoint = 'memory:';
  readonly bodies: Buffer[] = [];
  private readonly results: SendResult[];

  constructor(results: SendResult[] = []) {
    this.results = results;
  }

  async send(body: Buffer): Promise<SendResult> {
    const result = this.results.shift() ?? { status: 'ok', rejectedSpans: 0, message: '' };
    if (result.status === 'ok') this.bodies.push(body);
    return result;
  }

  close(): void {
    // Nothing is open.
  }

  get spans(): DecodedSpan[] {
    return this.bodies.flatMap(decodeSpans);
  }
}
