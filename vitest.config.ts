import { defineConfig } from 'vitest/config';

// Four projects, so that the gate can report them apart: `npx vitest --project unit` is the fast loop.
// unit: pure or in-process, many files in one process, which loads what they share once (half the processor's time);
// sdk: the same for what patches the modules of the process it is in, so that each file has one of its own;
// integration: the real engine, real sockets, child processes (*.it.test.ts);
// browser: the real system in Chromium (e2e/).
//
// The times below end what hangs, and are no measure of speed: a machine ten times as slow must pass. A test that
// waits polls for what it waits for (`expect.poll`), never sleeps and hopes.
const patient = { testTimeout: 180_000, hookTimeout: 300_000, expect: { poll: { timeout: 90_000 } } };

/** Unit tests of what instruments http, gRPC, fetch and Fastify for the whole process. */
const patching = [
  'packages/tracing/{src,test}/**/*.test.ts',
  'services/{feature-engine,insight-generator}/{src,test}/**/*.test.ts',
];

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
          exclude: ['**/*.it.test.ts', '**/node_modules/**', ...patching],
          pool: 'forks',
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...patient,
          name: 'sdk',
          include: patching,
          exclude: ['**/*.it.test.ts', '**/node_modules/**'],
          pool: 'forks',
          maxWorkers: 2,
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
