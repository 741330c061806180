/** What one span costs, measured on one machine by `npm run bench -- collector` (docs/scale.md has the figures). */
export interface SpanCosts {
  /** Receive, check, log and turn into columns: microseconds of a collector's one JavaScript thread. */
  readonly collectorUs: number;
  /** Insert, rollups and all merges that follow: microseconds over all cores of a ClickHouse node. */
  readonly engineUs: number;
  /** OTLP bytes of a span on the wire and in the write-ahead log. */
  readonly wireBytes: number;
  /** Bytes of a span on disk after merging, rollups and indexes included. */
  readonly storedBytes: number;
}

export interface Cluster {
  readonly collectors: number;
  readonly shards: number;
  readonly replicas: number;
  /** Cores of one ClickHouse node. */
  readonly nodeCores: number;
  /** Bound of one collector's write-ahead log. */
  readonly logBytes: number;
  /** Share of a core or node that ingest may use; the rest is for queries and bursts. */
  readonly headroom: number;
}

export interface Load {
  readonly spansPerSecond: number;
  readonly seconds: number;
  /** One shard is away from `outageStart` for `outageSeconds`. */
  readonly outageStart: number;
  readonly outageSeconds: number;
}

export interface Outcome {
  /** Spans that senders were asked to send again later, over all spans offered. */
  readonly refusedShare: number;
  readonly largestLogBytes: number;
  /** Seconds from the shard's return until the logs are empty again; null if never within the run. */
  readonly catchUpSeconds: number | null;
  readonly collectorUse: number;
  readonly engineUse: number;
}

/** The fewest collectors and shards that carry a load with the headroom left free. */
export function sizeFor(
  spansPerSecond: number,
  costs: SpanCosts,
  base: Omit<Cluster, 'collectors' | 'shards'>,
): Cluster {
  const perCollector = (base.headroom * 1e6) / costs.collectorUs;
  const perShard = (base.headroom * base.nodeCores * 1e6) / costs.engineUs;
  return {
    ...base,
    collectors: Math.max(1, Math.ceil(spansPerSecond / perCollector)),
    shards: Math.max(1, Math.ceil(spansPerSecond / perShard)),
  };
}

/**
 * A second at a time: collectors take what their thread and their log allow, the loader writes what the shards allow.
 * While a shard is away no block can be written, since each block holds traces of every shard: the logs grow; when one is full, senders
 * are refused. Afterwards the shards work at full speed, headroom included, until the logs are empty.
 */
export function simulate(cluster: Cluster, costs: SpanCosts, load: Load): Outcome {
  const collectorLimit = (cluster.collectors * 1e6) / costs.collectorUs;
  const engineLimit = (cluster.shards * cluster.nodeCores * 1e6) / costs.engineUs;
  const logLimit = (cluster.collectors * cluster.logBytes) / costs.wireBytes;
  const back = load.outageStart + load.outageSeconds;
  let logged = 0;
  let refused = 0;
  let largest = 0;
  let emptyAt: number | null = null;
  for (let second = 0; second < load.seconds; second++) {
    const away = second >= load.outageStart && second < back;
    const taken = Math.min(load.spansPerSecond, collectorLimit, Math.max(0, logLimit - logged));
    refused += load.spansPerSecond - taken;
    logged += taken;
    logged -= away ? 0 : Math.min(logged, engineLimit);
    largest = Math.max(largest, logged);
    if (second >= back && emptyAt === null && logged <= 0) emptyAt = second;
  }
  return {
    refusedShare: refused / (load.spansPerSecond * load.seconds),
    largestLogBytes: (largest / cluster.collectors) * costs.wireBytes,
    catchUpSeconds: emptyAt === null ? null : emptyAt - back,
    collectorUse: load.spansPerSecond / collectorLimit,
    engineUse: load.spansPerSecond / engineLimit,
  };
}
