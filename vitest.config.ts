import { defineConfig } from 'vitest/config';
import { skippedReporter } from './harness/skipped-reporter.ts';

const sources = '{harness,nemesis,workloads,targets,results}/**';

/**
 * `unit` needs nothing but Node and takes seconds. `docker` launches real containers, one file after another, since two
 * tests that shape the same engine's network would measure each other.
 */
export default defineConfig({
  test: {
    reporters: ['default', skippedReporter],
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['./harness/fixed-seed.ts'],
          include: [`${sources}/*.test.ts`],
          exclude: [`${sources}/*.docker.test.ts`],
        },
      },
      {
        test: {
          name: 'docker',
          runner: './targets/docker/test-runner.ts',
          include: [`${sources}/*.docker.test.ts`],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
