import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../scripts/platform/free-ports.ts';
import { ClickHouseNode, type NodePlace } from './clickhouse-node.ts';
import { ZooKeeper } from './zookeeper.ts';

const SOURCE = fileURLToPath(new URL('clickhouse-node.c', import.meta.url));

/** A ClickHouse cluster on this machine, in a directory that goes away with it. README.md has what it needs. */
export class LocalCluster implements AsyncDisposable {
  readonly name = 'utxoiq';
  readonly nodes: readonly ClickHouseNode[];
  readonly directory: string;
  readonly keeper: ZooKeeper;

  private constructor(directory: string, keeper: ZooKeeper, nodes: readonly ClickHouseNode[]) {
    this.directory = directory;
    this.keeper = keeper;
    this.nodes = nodes;
  }

  static async start({ shards = 2, replicas = 2, quorum = false } = {}): Promise<LocalCluster> {
    const library = createRequire(import.meta.url).resolve('@chdb/lib-linux-x64-gnu/libchdb.so');
    const directory = mkdtempSync(join(tmpdir(), 'utxoiq-cluster-'));
    const program = join(directory, 'clickhouse-node');
    execFileSync('cc', ['-O1', '-o', program, SOURCE, '-ldl'], { stdio: 'inherit' });
    const [keeperPort = 0, ...ports] = await freePorts('127.0.0.1', 1 + shards * replicas * 2);
    const places: NodePlace[] = Array.from({ length: shards * replicas }, (_, index) => ({
      shard: 1 + Math.floor(index / replicas),
      replica: 1 + (index % replicas),
      httpPort: ports[2 * index] ?? 0,
      tcpPort: ports[2 * index + 1] ?? 0,
    }));
    mkdirSync(join(directory, 'keeper'));
    const keeper = new ZooKeeper(join(directory, 'keeper'), keeperPort);
    await keeper.start();
    const nodes = places.map(
      (place) =>
        new ClickHouseNode({
          ...place,
          directory: join(directory, `shard-${place.shard}-replica-${place.replica}`),
          program,
          library,
          cluster: 'utxoiq',
          places,
          keeperPort,
          password: 'not-for-outsiders',
          quorum,
        }),
    );
    const cluster = new LocalCluster(directory, keeper, nodes);
    await Promise.all(nodes.map((node) => node.start()));
    return cluster;
  }

  /** All nodes, as CLICKHOUSE_URL wants them. */
  get url(): string {
    return this.nodes.map((node) => node.url).join(',');
  }

  /** `keep`: the directory with logs and data stays. */
  async stop({ keep = false } = {}): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.keeper.kill();
    if (!keep) rmSync(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
