import { isIPv4 } from 'node:net';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether only this machine can connect to what listens there. A name such as 127.example.org may be anywhere. */
export const isLoopback = (host: string): boolean =>
  loopback.has(host) || (isIPv4(host) && host.startsWith('127.'));
