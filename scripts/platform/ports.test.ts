import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from './free-ports.ts';
import { choosePorts, type PortOption } from './ports.ts';

const options: readonly PortOption[] = [
  ['PORT', 0],
  ['GRPC_PORT', 0],
];
const refusal = (environment: Record<string, string>, host = '127.0.0.1') =>
  choosePorts(host, options, environment).then(
    () => 'none',
    (error: Error) => error.message,
  );

it('chooses free ports where none is named', async () => {
  const ports = await choosePorts('127.0.0.1', options, { PORT: '' });
  expect([...ports.keys()]).toEqual(['PORT', 'GRPC_PORT']);
  for (const port of ports.values()) expect(port).toBeGreaterThan(0);
});

it('says in one line which option is wrong, and what to do', async () => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  expect(await refusal({ GRPC_PORT: String(port) })).toMatch(
    new RegExp(`^Port ${port} \\(GRPC_PORT\\) is in use by another program\\. .*GRPC_PORT=\\d+ npm start$`),
  );
  for (const [environment, message] of [
    [{ PORT: '8x' }, 'PORT: expected a port from 0 to 65535, got "8x". Set it anew or unset it.'],
    [{ PORT: '70000' }, 'PORT: expected a port from 0 to 65535, got "70000". Set it anew or unset it.'],
    [{ PORT: '9000', GRPC_PORT: '9000' }, 'GRPC_PORT and PORT are both 9000. Give each its own port.'],
  ] as const) {
    expect(await refusal(environment)).toBe(message);
  }
  expect(await refusal({}, '203.0.113.7')).toBe(
    'HOST 203.0.113.7 is no address of this machine. Set HOST to one, or unset it for 127.0.0.1.',
  );
});

it('chooses none of the ports that the system gives to connections, and passes over one in use', async () => {
  const [first = 0] = await freePorts('127.0.0.1', 1);
  await using taken = createServer().listen(first + 1, '127.0.0.1');
  await once(taken, 'listening');
  const ports = await freePorts('127.0.0.1', 20);
  expect(new Set([first, first + 1, ...ports]).size).toBe(22);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});
