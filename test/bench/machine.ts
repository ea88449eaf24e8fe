import { cpus, release, totalmem, type } from 'node:os';

/** Where a figure was measured: without it a figure says little. */
export const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
  system: `${type()} ${release()}`,
  node: process.version,
  v8: process.versions.v8,
};
