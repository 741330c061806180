const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether only this machine can connect to what listens there. */
export const isLoopback = (host: string): boolean => loopback.has(host) || host.startsWith('127.');
