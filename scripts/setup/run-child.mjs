import { spawn } from 'node:child_process';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end, passes signals on and resolves to its exit code. The child leads its own process
 * group, so that Ctrl-C in a terminal reaches it once (from here) and not a second time from the terminal; the
 * IPC channel tells it when this process is gone.
 */
export function runForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
      ...options,
    });
    // npm passes on the signal that the terminal has already sent here: one Ctrl-C must not count as two.
    let forwardedAtMs = 0;
    const forward = (signal) => {
      if (Date.now() - forwardedAtMs < 300) return;
      forwardedAtMs = Date.now();
      child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of forwarded) process.off(name, forward);
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
}
