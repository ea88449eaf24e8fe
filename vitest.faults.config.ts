import { defineConfig } from 'vitest/config';
import { FigureReporter } from './test/faults/figure-reporter.js';

/** `npm run test:faults`: what is part of `npm test` in short, at length and by itself, with a table of what was seen. */
// biome-ignore lint/style/noDefaultExport: vitest reads nothing else
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts', 'test/store/{sqlite-file,postgres-server,replicas}.test.ts'],
    provide: { scale: 'full' },
    pool: 'forks',
    // Times are measured.
    fileParallelism: false,
    reporters: ['verbose', new FigureReporter()],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
