import { parentPort, workerData } from 'node:worker_threads';
import { encodeOutline, type TraceOutline } from '@utxoiq/model';

const bytes = encodeOutline(workerData as TraceOutline);
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
