import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers by name, possibly nested: what `collector.stats()` answers. */
export type Stats = Readonly<Record<string, unknown>>;

export interface MetricsSources {
  readonly collectorStats: () => Stats;
  /** Rejects while the engine does not answer. */
  readonly pingEngine: () => Promise<void>;
}

/** `/metrics` in the Prometheus text format: requests, the collector's counters, the engine, the process. */
export class Metrics {
  readonly #registry = new Registry();

  constructor(sources: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    const { pingEngine, collectorStats } = sources;
    new Gauge({
      name: 'utxoiq_engine_up',
      help: '1 while the ClickHouse engine answers',
      registers: [this.#registry],
      async collect() {
        this.set(
          await pingEngine().then(
            () => 1,
            () => 0,
          ),
        );
      },
    });
    new Gauge({
      name: 'utxoiq_collector',
      help: "The collector's counters and queue sizes, by name",
      labelNames: ['stat'],
      registers: [this.#registry],
      collect() {
        for (const [stat, value] of numbersIn(collectorStats())) this.set({ stat }, value);
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
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe(
        { method: request.method, route, status: reply.statusCode },
        reply.elapsedTime / 1000,
      );
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
