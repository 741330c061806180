import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from './end-process.ts';

/** Where Debian's package `zookeeper` puts what the server needs. */
const JARS = [
  'zookeeper',
  'zookeeper-jute',
  'slf4j-api',
  'slf4j-simple',
  'netty-all',
  'metrics-core',
  'snappy-java',
];
const CLASSPATH = JARS.map((name) => `/usr/share/java/${name}.jar`);

/** ZooKeeper alone, which ClickHouse takes for its Keeper: the same protocol. */
export class ZooKeeper {
  readonly #directory: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  async start(): Promise<void> {
    const directory = this.#directory;
    const port = this.#port;
    const missing = CLASSPATH.find((jar) => !existsSync(jar));
    if (missing !== undefined) throw new Error(`${missing} is not there: apt-get install zookeeper`);
    const config = join(directory, 'zoo.cfg');
    await writeFile(
      config,
      `tickTime=2000\ndataDir=${directory}\nclientPort=${port}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n4lw.commands.whitelist=srvr\nmaxClientCnxns=0\n`,
    );
    const log = openSync(join(directory, 'output.log'), 'a');
    // setpriv: it ends with this program, however that ends.
    const java = [
      '--pdeathsig',
      'KILL',
      'java',
      '-Xmx256m',
      '-Dzookeeper.forceSync=no',
      '-cp',
      CLASSPATH.join(':'),
    ];
    const child = spawn('setpriv', [...java, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', config], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    for (let attempt = 1; !(await serves(port)); attempt++) {
      if (attempt === 600 || child.exitCode !== null) throw new Error('ZooKeeper does not start');
      await sleep(100);
    }
    this.#process = child;
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    await endProcess(child);
  }
}

/** Its answer to `srvr`: a port alone says little while it starts. */
function serves(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => socket.write('srvr'));
  socket.once('data', (answer) => resolve(answer.includes('Mode:')));
  socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
