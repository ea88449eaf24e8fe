import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Glob } from '../policy/pattern.js';
import { Subject } from '../policy/positions.js';
import type { Token } from '../policy/token.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { STDIN } from './input.js';

/** More files than anybody has policies; a pattern that begins at `/` must not take the disk. */
const MOST_FILES = 10_000;

/**
 * The files that arguments name: a file as it is; of a directory every file below it with one of the endings; of a
 * pattern that no shell has expanded (`*`, `?`, and `**` for directories) what it matches. Sorted, and each once.
 * @throws Failure for an argument that names nothing: a check of nothing must not pass
 */
export async function expand(args: readonly string[], endings: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const arg of args) {
    const found = await filesOf(arg, endings);
    if (found.length === 0) throw new Failure(EXIT.unusable, `\`${arg}\` names no file (${endings.join(', ')})`);
    for (const file of found) files.add(file);
    if (files.size > MOST_FILES) throw new Failure(EXIT.unusable, `there are more than ${MOST_FILES} files`);
  }
  return [...files];
}

async function filesOf(arg: string, endings: readonly string[]): Promise<string[]> {
  if (arg === STDIN) return [arg];
  const isEnding = (name: string): boolean => endings.some((ending) => name.endsWith(ending));
  const found = await stat(arg).catch(() => null);
  if (found?.isDirectory()) return (await below(arg)).filter(isEnding);
  if (found !== null || !/[*?]/.test(arg)) return [arg];

  const steps = arg.split('/');
  const first = steps.findIndex((step) => /[*?]/.test(step));
  const base = steps.slice(0, first).join('/') || (arg.startsWith('/') ? '/' : '.');
  const patterns = steps.slice(first).map((step) => (step === '**' ? null : new Glob(tokensOf(step))));
  const all = await below(base);
  return all.filter((file) => matches(patterns, stepsBelow(file, base)));
}

/** Every file below a directory, without those that are hidden or belong to packages. */
async function below(directory: string): Promise<string[]> {
  const files: string[] = [];
  const pending = [directory];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      // join() would take the `./` off, and files are told as they were named.
      const path = next === '.' ? entry.name : join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) files.push(path);
    }
    if (files.length > MOST_FILES) {
      throw new Failure(EXIT.unusable, `there are more than ${MOST_FILES} files below \`${directory}\``);
    }
  }
  return files.sort();
}

const stepsBelow = (file: string, base: string): string[] =>
  (base === '.' ? file : file.slice(base === '/' ? 1 : base.length + 1)).split(sep);

/** @param patterns null stands for any number of directories */
function matches(patterns: readonly (Glob | null)[], steps: readonly string[]): boolean {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return steps.length === 0;
  if (pattern === null) return matches(rest, steps) || (steps.length > 0 && matches(patterns, steps.slice(1)));
  const [step, ...others] = steps;
  return step !== undefined && pattern.matches(new Subject(step)) && matches(rest, others);
}

const tokensOf = (step: string): Token[] =>
  step
    .split(/([*?])/)
    .filter((part) => part !== '')
    .map((part) => (part === '*' ? { wildcard: 'any' } : part === '?' ? { wildcard: 'one' } : { text: part }));
