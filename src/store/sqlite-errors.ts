import { StoreError, type StoreErrorCode } from './store.js';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that the world causes; the others are bugs. */
const MEANINGS: Readonly<Record<number, readonly [StoreErrorCode, (place: string) => string]>> = {
  3: ['unavailable', notWritable],
  5: ['unavailable', (place) => `${place} is being written by another program: close that program or try again`],
  6: ['unavailable', (place) => `${place} is being written by another program: close that program or try again`],
  7: ['unavailable', (place) => `not enough memory to work on ${place}`],
  8: ['unavailable', notWritable],
  10: ['unavailable', (place) => `reading or writing ${place} failed: check the disk, its quota and its free space`],
  11: ['unusable', (place) => `${place} is damaged: restore it from a backup`],
  13: ['unavailable', (place) => `no space is left for ${place}: make room on the disk`],
  14: ['unavailable', notWritable],
  26: [
    'unusable',
    (place) => `${place} is not a database: move the file away, restore a backup or use another directory`,
  ],
};

/** What an error of `node:sqlite` about the file `path` means; undefined for one that only a bug explains. */
export function sqliteError(error: unknown, path: string): StoreError | undefined {
  // The low byte is the primary code, the rest says more exactly which.
  const meaning = MEANINGS[resultCode(error) & 0xff];
  return meaning && new StoreError(meaning[0], meaning[1](`\`${path}\``), null, [], { cause: error });
}

export function isBusy(error: unknown): boolean {
  return (resultCode(error) & 0xff) === 5;
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
}

function notWritable(place: string): string {
  return `${place} cannot be opened for writing: let this user write the directory and the files in it`;
}
