import type { CollectorStats } from '@utxoiq/collector';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AlertStats } from '../alerts/alert-keeper.ts';
import type { RetentionStats } from '../backend/retention-keeper.ts';
import { onAnswered } from '../http/caller-gone.ts';
import { answersInTime } from './answers-in-time.ts';
import { ALERT_METRICS, COLLECTOR_METRICS, type MetricsOf, RETENTION_METRICS } from './metric-names.ts';

/** All absent where nothing is stored here. */
export interface MetricsSources {
  readonly collectorStats?: () => CollectorStats;
  readonly retentionStats?: () => RetentionStats;
  readonly alertStats?: () => AlertStats;
  /** What fires, by rule. */
  readonly firingAlerts?: () => readonly {
    readonly rule: string;
    readonly severity: string;
    readonly count: number;
  }[];
  /** Rejects while the engine does not answer. */
  readonly pingEngine?: () => Promise<void>;
}

/** `/metrics` in the Prometheus text format: requests, the collector's counters, the engine, the process. */
export class Metrics {
  readonly #registry = new Registry();

  constructor({ collectorStats, retentionStats, alertStats, firingAlerts, pingEngine }: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    if (pingEngine !== undefined) this.#showEngine(pingEngine);
    if (collectorStats !== undefined) this.#showStats(COLLECTOR_METRICS, collectorStats);
    if (retentionStats !== undefined) this.#showStats(RETENTION_METRICS, retentionStats);
    if (alertStats !== undefined) this.#showStats(ALERT_METRICS, alertStats);
    if (firingAlerts !== undefined) this.#showFiring(firingAlerts);
  }

  #showEngine(ping: () => Promise<void>): void {
    new Gauge({
      name: 'utxoiq_engine_up',
      help: '1 while the ClickHouse engine answers',
      registers: [this.#registry],
      async collect() {
        this.set((await answersInTime(ping)) ? 1 : 0);
      },
    });
  }

  #showFiring(read: NonNullable<MetricsSources['firingAlerts']>): void {
    new Gauge({
      name: 'utxoiq_alerts_firing',
      help: 'Alerts of a rule that fire now',
      labelNames: ['rule', 'severity'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { rule, severity, count } of read()) this.set({ rule, severity }, count);
      },
    });
  }

  /** Reads what somebody else counts, each time that somebody asks. */
  #showStats<S extends object>(metrics: MetricsOf<S>, read: () => S): void {
    const registers = [this.#registry];
    for (const stat of Object.keys(metrics) as (keyof S)[]) {
      const [name, help] = metrics[stat];
      const Metric = name.endsWith('_total') ? Counter : Gauge;
      new Metric({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(Number(read()[stat]));
        },
      });
    }
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
