import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why there is none here; undefined where there is. */
export const noSmallDisk: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'only root on Linux can make a small disk';

/** A disk of so many MiB, in memory, for everybody to write to. */
export class SmallDisk {
  readonly directory = mkdtempSync(join(tmpdir(), 'postern-disk-'));

  constructor(size: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m,mode=1777`, 'postern-test', this.directory]);
  }

  /** Leaves no room at all, until `empty`. */
  async fill(): Promise<void> {
    for (const size of [2 ** 20, 4096]) {
      try {
        for (;;) await writeFile(this.#filler, Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  }

  async empty(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.directory]);
    rmdirSync(this.directory);
  }

  get #filler(): string {
    return join(this.directory, 'filler');
  }
}
