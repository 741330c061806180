import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { encodeOutline, type TraceOutline } from '@utxoiq/model';

/** Encoding takes about 0.5 us a span; past this it would hold up every other request for 50 ms and more. */
const mostSpansHere = 100_000;

/** An outline for the wire; a large one is encoded beside the event loop. */
export async function outlineBytes(outline: TraceOutline, mostHere = mostSpansHere): Promise<Buffer> {
  return asBuffer(outline.size <= mostHere ? encodeOutline(outline) : await encodeInWorker(outline));
}

async function encodeInWorker(outline: TraceOutline): Promise<Uint8Array> {
  const worker = new Worker(new URL('./outline-worker.ts', import.meta.url), { workerData: outline });
  try {
    const [bytes] = (await once(worker, 'message')) as [Uint8Array]; // rejects when the worker fails
    return bytes;
  } finally {
    await worker.terminate();
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
