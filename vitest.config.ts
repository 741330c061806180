import { defineConfig } from 'vitest/config';

// Three projects, so that the gate can report them apart: `npx vitest --project unit` is the fast loop.
// unit: pure or in-process; integration: the real engine, real sockets, child processes (*.it.test.ts);
// browser: the real system in Chromium (e2e/).
//
// The times below end what hangs, and are no measure of speed: a machine ten times as slow must pass. A test that
// waits polls for what it waits for (`expect.poll`), never sleeps and hopes.
const patient = { testTimeout: 180_000, hookTimeout: 300_000, expect: { poll: { timeout: 90_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'services/*/{src,test}/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/*.it.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...patient,
          name: 'integration',
          include: ['packages/*/{src,test}/**/*.it.test.ts', 'services/*/{src,test}/**/*.it.test.ts'],
          pool: 'forks',
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...patient,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
});
