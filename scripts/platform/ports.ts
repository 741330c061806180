import { freePorts, tryPort } from './free-ports.ts';
import { PlatformError } from './platform-error.ts';

/** An option that names a port, by its name in the environment; 0 means any free one. */
export type PortOption = readonly [option: string, fallback: number];

/**
 * The port of each option: checked to be free, or chosen where 0 was asked for. Checked here, before anything
 * starts, so that the line that says so can name the option.
 */
export async function choosePorts(
  host: string,
  options: readonly PortOption[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map<string, number>();
  for (const [option, fallback] of options) {
    const port = portOf(option, environment[option], fallback);
    const same = [...wanted].find(([, other]) => other === port && port !== 0);
    if (same !== undefined) {
      throw new PlatformError(`${option} and ${same[0]} are both ${port}.`, 'Give each its own port.');
    }
    wanted.set(option, port);
  }
  const ports = new Map<string, number>();
  for (const [option, port] of wanted) ports.set(option, await usable(host, option, port));
  return ports;
}

function portOf(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text.trim() === '') return fallback;
  const port = Number(text);
  if (/^\d+$/.test(text.trim()) && port <= 65_535) return port;
  throw new PlatformError(
    `${option}: expected a port from 0 to 65535, got ${JSON.stringify(text)}.`,
    'Set it anew or unset it.',
  );
}

async function usable(host: string, option: string, port: number): Promise<number> {
  try {
    if (port === 0) return (await freePorts(host, 1))[0] as number;
    await tryPort(host, port);
    return port;
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, host, option, port);
  }
}

function explain(error: NodeJS.ErrnoException, host: string, option: string, port: number): PlatformError {
  const other = `${option}=${port < 60_000 ? port + 10_000 : port - 10_000} npm start`;
  if (error.code === 'EADDRINUSE') {
    return new PlatformError(
      `Port ${port} (${option}) is in use by another program.`,
      `Stop that program, or choose another port: ${other}`,
    );
  }
  if (error.code === 'EACCES') {
    return new PlatformError(
      `Port ${port} (${option}) is not allowed to this user.`,
      `Choose one above 1023: ${other}`,
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new PlatformError(
      `HOST ${host} is no address of this machine.`,
      'Set HOST to one, or unset it for 127.0.0.1.',
    );
  }
  return new PlatformError(
    `Cannot listen on ${host}:${port} (${option}): ${error.message}.`,
    'Set HOST or the port anew.',
  );
}
