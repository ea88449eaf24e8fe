import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads nothing else
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Of the tests that have a long version, the short one; `vitest.faults.config.ts` is the long one.
    provide: { scale: 'quick' },
    // A process for each file: one that changes its user, or is killed for memory, takes no other with it.
    pool: 'forks',
    // For a busy machine with one core; a test that must be fast says so itself.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**'], exclude: ['src/http/generated/**'] },
  },
});
