import { StoreError, type StoreErrorCode } from './store.js';

interface Meaning {
  readonly code: StoreErrorCode;
  /** SQLite's own words for the result code. */
  readonly words: string;
  explain(place: string): string;
}

const notWritable = (place: string) =>
  `${place} cannot be opened for writing: let this user write the directory and the files in it`;
const busy = (place: string) => `${place} is held by another program: close that program or try again`;

/** The result codes (https://www.sqlite.org/rescode.html) that the world causes; the others are bugs. */
const MEANINGS = new Map<number, Meaning>([
  [3, { code: 'unavailable', words: 'access permission denied', explain: notWritable }],
  [5, { code: 'unavailable', words: 'database is locked', explain: busy }],
  [6, { code: 'unavailable', words: 'database table is locked', explain: busy }],
  [7, { code: 'unavailable', words: 'out of memory', explain: (place) => `not enough memory to work on ${place}` }],
  [8, { code: 'unavailable', words: 'attempt to write a readonly database', explain: notWritable }],
  [
    10,
    {
      code: 'unavailable',
      words: 'disk I/O error',
      explain: (place) => `${place} cannot be read or written: check the disk, its quota and its free space`,
    },
  ],
  [
    11,
    {
      code: 'unusable',
      words: 'database disk image is malformed',
      explain: (place) => `${place} is damaged: restore it from a backup`,
    },
  ],
  [
    13,
    {
      code: 'unavailable',
      words: 'database or disk is full',
      explain: (place) => `no space is left for ${place}: make room on the disk`,
    },
  ],
  [14, { code: 'unavailable', words: 'unable to open database file', explain: notWritable }],
  [
    26,
    {
      code: 'unusable',
      words: 'file is not a database',
      explain: (place) => `${place} is not a database: restore a backup, or use another directory`,
    },
  ],
]);

/** What an error of `node:sqlite` about the file `path` means; undefined for one that only a bug explains. */
export function sqliteError(error: unknown, path: string): StoreError | undefined {
  const meaning = MEANINGS.get(resultCode(error) ?? 0);
  return meaning && new StoreError(meaning.code, meaning.explain(`\`${path}\``), null, [], { cause: error });
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  // The low byte is the primary code, the rest says more exactly which.
  if ('errcode' in error) return Number(error.errcode) & 0xff;
  // The package gives no code for what `all` meets.
  return [...MEANINGS].find(([, { words }]) => error.message === words)?.[0];
}
