// What a cluster needs for a load, and what happens to it when a shard goes away: backs docs/scale.md.
//   node bench/scale/simulate.ts [--collector-us N] [--engine-us N] [--wire-bytes N] [--stored-bytes N]
//                                [--cores 16] [--replicas 2] [--log-gib 16] [--outage 300] [--days 7]
// The costs are those that bench/collector/ingest.ts and bench/store/queries.ts measured; give your machine's own.
import { parseArgs } from 'node:util';
import { type Cluster, type SpanCosts, simulate, sizeFor } from './cluster-model.ts';

const GIB = 1024 ** 3;
const { values } = parseArgs({
  options: {
    'collector-us': { type: 'string', default: '4.5' },
    'engine-us': { type: 'string', default: '6' },
    'wire-bytes': { type: 'string', default: '463' },
    'stored-bytes': { type: 'string', default: '45' },
    cores: { type: 'string', default: '16' },
    replicas: { type: 'string', default: '2' },
    'log-gib': { type: 'string', default: '16' },
    outage: { type: 'string', default: '300' },
    days: { type: 'string', default: '7' },
  },
});
const costs: SpanCosts = {
  collectorUs: Number(values['collector-us']),
  engineUs: Number(values['engine-us']),
  wireBytes: Number(values['wire-bytes']),
  storedBytes: Number(values['stored-bytes']),
};
const base: Omit<Cluster, 'collectors' | 'shards'> = {
  replicas: Number(values.replicas),
  nodeCores: Number(values.cores),
  logBytes: Number(values['log-gib']) * GIB,
  headroom: 0.6,
};
const outageSeconds = Number(values.outage);
const days = Number(values.days);

const rows = [10_000, 50_000, 150_000, 300_000, 1_000_000].map((spansPerSecond) => {
  const cluster = sizeFor(spansPerSecond, costs, base);
  const load = { spansPerSecond, seconds: 7200, outageStart: 600, outageSeconds };
  const outcome = simulate(cluster, costs, load);
  const twice = simulate(cluster, costs, { ...load, spansPerSecond: spansPerSecond * 2, outageSeconds: 0 });
  return {
    'spans/s': spansPerSecond.toLocaleString('en'),
    collectors: cluster.collectors,
    nodes: cluster.shards * cluster.replicas,
    'in, MiB/s': Math.round((spansPerSecond * costs.wireBytes) / 1024 ** 2),
    [`disk of ${days} days, TiB`]: (
      (spansPerSecond * 86_400 * days * costs.storedBytes * base.replicas) /
      1024 ** 4
    ).toFixed(1),
    'collector use': percent(outcome.collectorUse),
    'node use': percent(outcome.engineUse),
    [`log after ${outageSeconds} s, GiB`]: (outcome.largestLogBytes / GIB).toFixed(1),
    refused: percent(outcome.refusedShare),
    'catch-up, s': outcome.catchUpSeconds ?? 'never',
    'at twice the load': twice.refusedShare > 0 ? `${percent(twice.refusedShare)} refused` : 'holds',
    'breaks first': outcome.collectorUse > outcome.engineUse ? 'collector thread' : 'node cores',
  };
});
console.log(
  `costs: ${JSON.stringify(costs)}; nodes of ${base.nodeCores} cores, ${percent(base.headroom)} for ingest`,
);
console.table(rows);

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;
}
