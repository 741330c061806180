import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endProcess } from './end-process.ts';

const PROGRAM = fileURLToPath(new URL('../../services/web-api/src/main.ts', import.meta.url));
const TOKEN = fileURLToPath(new URL('../../scripts/token.ts', import.meta.url));

/** One tracing process, collector and API, on a cluster that others use too. */
export class TracingProcess {
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | null = null;
  #token = '';
  /** Empty while it is away. */
  url = '';

  constructor(cluster: { readonly url: string; readonly name: string }, dataDir: string) {
    this.#environment = {
      ...process.env,
      CLICKHOUSE_URL: cluster.url,
      CLICKHOUSE_CLUSTER: cluster.name,
      DATA_DIR: dataDir,
      PORT: '0',
      OTLP_HTTP_PORT: '0',
      GRPC_PORT: '0',
      LOG_LEVEL: 'silent',
      OTEL_SDK_DISABLED: 'true', // what is counted is what was sent
    };
  }

  /** Until it is ready: a supervisor would start it again if it could not. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const child = fork(PROGRAM, [], {
        env: this.#environment,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const first = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => null)]);
      if (first === null && attempt === 30) throw new Error('a tracing process does not start');
      if (first === null) {
        await sleep(500);
        continue;
      }
      this.#process = child;
      this.url = (first[0] as { url: string }).url;
      const token = execFileSync(process.execPath, [TOKEN], { env: this.#environment, encoding: 'utf8' });
      this.#token = token.trim().split('\n').at(-1) ?? '';
      return;
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.url = '';
    this.#process = null;
    await endProcess(child, signal);
  }

  /** Whether it acknowledged a request of OTLP/JSON. */
  async ingest(body: string): Promise<boolean> {
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${this.url}/v1/traces`, { method: 'POST', body, headers });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false; // killed while this was on its way: whether it is stored is open
    }
  }

  /** How many spans of a trace its API shows. */
  async spansOf(traceId: string): Promise<number> {
    const response = await fetch(`${this.url}/api/v1/monitoring/traces/${traceId}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    const answer = (await response.json()) as { span_count?: number };
    return response.ok ? (answer.span_count ?? 0) : 0;
  }
}
