import { createReadStream } from 'node:fs';
import { firstErrors } from '../policy/first-errors.js';
import { parseJson } from '../policy/json.js';
import { bytesAtMost } from '../service/bytes-at-most.js';
import { twice } from '../service/validate-document.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { jsonSource, type Source } from './source.js';
import type { Terminal } from './terminal.js';

/** As deep as the service reads: contract of its limits. */
export const JSON_LIMITS = { maxDepth: 32 };

/** Of a policy document, a test file or a key: no quota comes near it. */
export const MAX_SMALL_FILE = 1024 * 1024;

export const STDIN = '-';

/** The bytes of a file, or of standard input for `-`, as they are read. @throws Failure */
export async function* chunksOf(terminal: Terminal, path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of path === STDIN ? terminal.stdin : createReadStream(path)) yield chunk as Buffer;
  } catch (error) {
    throw unusable(path, reasonOf(error));
  }
}

/** The text of a file, or of standard input for `-`. @throws Failure if there is none, or more than `maxBytes` of it */
export async function readText(terminal: Terminal, path: string, maxBytes: number): Promise<string> {
  const bytes = await bytesAtMost(maxBytes, chunksOf(terminal, path));
  if (bytes === null) throw unusable(path, `is larger than ${maxBytes} bytes`);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw unusable(path, 'is not UTF-8 text');
  }
}

/** Leaves out a byte order mark, which editors of Windows write. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

const unusable = (path: string, what: string): Failure => new Failure(EXIT.unusable, `${nameOf(path)} ${what}`);

export const nameOf = (path: string): string => (path === STDIN ? '<stdin>' : path);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read',
  EISDIR: 'is a directory',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read: ${code || String(error)}`;
}

/** A JSON file: what it says, and where. */
export interface JsonInput {
  readonly value: unknown;
  readonly source: Source;
}

/** @throws Failure that says where it is not JSON, or where a member stands twice */
export async function readJson(terminal: Terminal, path: string, maxBytes: number): Promise<JsonInput> {
  const source = jsonSource(nameOf(path), await readText(terminal, path, maxBytes));
  const parsed = parseJson(source.text, JSON_LIMITS);
  if (!parsed.ok) {
    throw new Failure(EXIT.unusable, `${source.name} is not JSON that can be used: ${parsed.errors[0]?.detail}`);
  }
  if (parsed.duplicates.length === 0) return { value: parsed.value, source };
  const mounts = [{ at: '', source }];
  throw new Failure(
    EXIT.unusable,
    `${source.name} has members twice`,
    firstErrors(parsed.duplicates.map(twice)),
    mounts,
  );
}
