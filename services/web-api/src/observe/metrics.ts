import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { onAnswered } from '../http/caller-gone.ts';

/** Numbers by name, possibly nested: what `collector.stats()` answers. */
export type Stats = Readonly<Record<string, unknown>>;

/** All absent where nothing is stored here. */
export interface MetricsSources {
  readonly collectorStats?: () => Stats;
  readonly retentionStats?: () => Stats;
  /** Rejects while the engine does not answer. */
  readonly pingEngine?: () => Promise<void>;
}

/** `/metrics` in the Prometheus text format: requests, the collector's counters, the engine, the process. */
export class Metrics {
  readonly #registry = new Registry();

  constructor({ collectorStats, retentionStats, pingEngine }: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    if (pingEngine !== undefined) this.#showEngine(pingEngine);
    if (collectorStats !== undefined) {
      this.#showStats(
        'utxoiq_collector',
        "The collector's counters and queue sizes, by name",
        collectorStats,
      );
    }
    if (retentionStats !== undefined) {
      this.#showStats('utxoiq_retention', 'What the hourly retention did, by name', retentionStats);
    }
  }

  #showEngine(ping: () => Promise<void>): void {
    new Gauge({
      name: 'utxoiq_engine_up',
      help: '1 while the ClickHouse engine answers',
      registers: [this.#registry],
      async collect() {
        this.set(
          await ping().then(
            () => 1,
            () => 0,
          ),
        );
      },
    });
  }

  #showStats(name: string, help: string, read: () => Stats): void {
    new Gauge({
      name,
      help,
      labelNames: ['stat'],
      registers: [this.#registry],
      collect() {
        for (const [stat, value] of numbersIn(read())) this.set({ stat }, value);
      },
    });
  }

  /** Counts this server's answers by route. */
  observe(app: FastifyInstance): void {
    const durations = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.#registry],
    });
    onAnswered(app, (request, reply, status) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function* numbersIn(stats: Stats, prefix = ''): Generator<[string, number]> {
  for (const [key, value] of Object.entries(stats)) {
    const name = prefix + key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (typeof value === 'number' || typeof value === 'bigint') yield [name, Number(value)];
    else if (typeof value === 'object' && value !== null) yield* numbersIn(value as Stats, `${name}_`);
  }
}
