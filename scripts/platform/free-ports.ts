import { createServer } from 'node:net';

/**
 * Below the ports that systems give to whoever asks for any (Linux from 32,768 on, macOS from 49,152): between being
 * chosen here and being listened on by the program it is meant for, such a port could go to a connection. Processes
 * that choose at the same time begin at places of their own.
 */
const FIRST_PORT = 10_000;
const PLACES = 1_400;
const PORTS_OF_A_PLACE = 16;
const PORTS = PLACES * PORTS_OF_A_PLACE;

let chosen = 0;

/** Ports that nobody listens on; one process never gets the same twice, until it has had all. */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let attempt = 0; attempt < PORTS && ports.length < count; attempt++) {
    const port = FIRST_PORT + (((process.pid % PLACES) * PORTS_OF_A_PLACE + chosen++) % PORTS);
    if (await isFree(host, port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`no free port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`);
  return ports;
}

function isFree(host: string, port: number): Promise<boolean> {
  return tryPort(host, port).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return false;
      throw error;
    },
  );
}

/** Listens for a moment; rejects with the reason why a port cannot be listened on. */
export function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
