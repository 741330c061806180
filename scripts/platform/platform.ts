import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EmbeddedClickHouse } from '@utxoiq/clickhouse-embedded';
import { claimDataDir } from './data-dir.ts';
import { LogFile } from './log-file.ts';
import { choosePorts } from './ports.ts';
import { ServiceProcess } from './service-process.ts';
import { welcome } from './welcome.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const portOptions = [
  ['PORT', 8080],
  ['OTLP_HTTP_PORT', 4318],
  ['GRPC_PORT', 4317],
  ['FEATURE_ENGINE_PORT', 8081],
  ['INSIGHT_GENERATOR_PORT', 8082],
] as const;
const serviceGraceMs = 10_000;
/** docs/operate.md, "Memory and the garbage of requests". */
const fewerCollections = '--initial-old-space-size=128';

/** Everything that `npm start` runs. */
export class Platform {
  readonly #environment: Environment;
  readonly #say: (line: string) => void;
  readonly #host: string;
  readonly #dataDir: string;
  #claim: { release(): void } | null = null;
  #engine: EmbeddedClickHouse | null = null;
  /** In the order they are stopped: whoever sends spans before who takes them. */
  #services: readonly ServiceProcess[] = [];
  #stopping: Promise<void> | null = null;
  #signInUrl: string | null = null;

  constructor(environment: Environment, say: (line: string) => void) {
    this.#environment = environment;
    this.#say = say;
    this.#host = environment.HOST || '127.0.0.1';
    this.#dataDir = resolve(environment.DATA_DIR || './data');
  }

  async start(): Promise<void> {
    const startedAt = Date.now();
    this.#say(`utxoIQ Tracing starts. Data: ${this.#dataDir}`);
    this.#claim = claimDataDir(this.#dataDir);
    const ports = await choosePorts(this.#host, portOptions, this.#environment);
    const clickhouseUrl = await this.#startEngine();
    if (this.#stopping !== null) return;
    const { webApi, others } = this.#makeServices(ports, clickhouseUrl);
    this.#services = [...others, webApi];
    await Promise.all(this.#services.map((service) => service.start()));
    if (this.#stopping !== null) return;
    this.#say(welcome({ host: this.#host, ports, signInUrl: this.#signInUrl, dataDir: this.#dataDir }));
    this.#say(`Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s. Ctrl-C stops it.`);
  }

  /** Services first, then the API with its collector, then the engine: nothing that was taken is lost. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  /** For whoever does not want to wait: children die with this process. */
  kill(): never {
    this.#claim?.release();
    process.exit(130);
  }

  async #drain(): Promise<void> {
    const [webApi, ...others] = [...this.#services].reverse();
    await Promise.all(others.map((service) => service.stop(serviceGraceMs)));
    await webApi?.stop(serviceGraceMs);
    if (this.#engine !== null) {
      await this.#engine.stop();
      rmSync(this.#engineUrlPath, { force: true });
    }
    this.#claim?.release();
  }

  async #startEngine(): Promise<string> {
    const given = this.#environment.CLICKHOUSE_URL;
    if (given !== undefined && given !== '') {
      this.#say('engine             the ClickHouse of CLICKHOUSE_URL');
      return given;
    }
    const startedAt = Date.now();
    const warn = (message: string): void => this.#say(`engine: ${message}`);
    this.#engine = await EmbeddedClickHouse.start({
      dataDir: join(this.#dataDir, 'clickhouse'),
      logger: { info: () => undefined, warn, error: warn },
    });
    this.#say(`engine             ready after ${Date.now() - startedAt} ms`);
    writeFileSync(this.#engineUrlPath, this.#engine.url); // For `npm run store`.
    return this.#engine.url;
  }

  get #engineUrlPath(): string {
    return join(this.#dataDir, 'engine-url');
  }

  #makeServices(ports: ReadonlyMap<string, number>, clickhouseUrl: string) {
    const environment = this.#serviceEnvironment(ports, clickhouseUrl);
    const service = (name: string, portOption: string, host = '127.0.0.1'): ServiceProcess =>
      new ServiceProcess({
        name,
        program: `services/${name}/src/main.ts`,
        nodeOptions: [fewerCollections],
        environment,
        readyUrl: `http://${reachable(host)}:${ports.get(portOption)}/readyz`,
        log: new LogFile(join(this.#dataDir, 'logs'), name),
        say: this.#say,
        onMessage: (message) => this.#hear(message),
      });
    return {
      webApi: service('web-api', 'PORT', this.#host),
      others: [
        service('feature-engine', 'FEATURE_ENGINE_PORT'),
        service('insight-generator', 'INSIGHT_GENERATOR_PORT'),
      ],
    };
  }

  #serviceEnvironment(ports: ReadonlyMap<string, number>, clickhouseUrl: string): Environment {
    const chosen = Object.fromEntries([...ports].map(([option, port]) => [option, String(port)]));
    const given = this.#environment.OTEL_EXPORTER_OTLP_ENDPOINT;
    const ingestToken = randomBytes(32).toString('base64url');
    const ownExport = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${reachable(this.#host)}:${ports.get('OTLP_HTTP_PORT')}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${ingestToken}`,
    };
    return {
      ...this.#environment,
      ...chosen,
      ...(given === undefined || given === '' ? ownExport : {}),
      HOST: this.#host,
      DATA_DIR: this.#dataDir,
      CLICKHOUSE_URL: clickhouseUrl,
      INGEST_TOKEN: ingestToken,
      FEATURE_ENGINE_URL: `http://127.0.0.1:${ports.get('FEATURE_ENGINE_PORT')}`,
      INSIGHT_GENERATOR_URL: `http://127.0.0.1:${ports.get('INSIGHT_GENERATOR_PORT')}`,
    };
  }

  #hear(message: unknown): void {
    const { type, signInUrl } = message as { type?: string; signInUrl?: string | null };
    if (type !== 'ready') return;
    if (this.#signInUrl !== null) this.#say(`A new sign-in link: ${signInUrl}`);
    this.#signInUrl = signInUrl ?? null;
  }
}

/** Where this machine itself reaches a server that listens on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
