import { type SpawnOptions, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type Running, startServer } from '../../src/server.js';
import { cleanEnvironment, installPostern } from '../cli/binary.js';

/**
 * Pages whose commands are run as they stand, in their order, on a fresh store. `json` after them is what the last one
 * answers, `text` all that they print.
 */
const SHOWN = 'http://127.0.0.1:8080';
const root = new URL('../../', import.meta.url);
const pages = ['README.md', ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, blocks: blocksOf(readFileSync(new URL(name, root), 'utf8')) }))
  .filter(({ blocks }) => blocks.some(({ language }) => language === 'sh'));

describe.each(pages)('$name', ({ name, blocks }) => {
  let directory: string;
  let server: Running;
  let env: Readonly<Record<string, string | undefined>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postern-docs-'));
    env = { ...cleanEnvironment(), ...(await installPostern(directory)) };
    const config = readConfig({
      POSTERN_PORT: '0',
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_DATA_DIR: join(directory, 'data'),
    });
    server = await startServer(config);
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('shows commands that work and the answers that they give', async () => {
    if (name === 'README.md')
      expect(blocks.filter(({ language }) => language === 'sh').length).toBeGreaterThanOrEqual(3);
    let printed = '';
    for (const { language, text } of blocks) {
      if (language === 'sh') {
        printed = await run(text.replaceAll(SHOWN, server.address), { cwd: directory, env });
        printed = printed.replaceAll(server.address, SHOWN);
        expect(printed, text).not.toContain('urn:postern:problem');
      }
      if (language === 'text') expectShown(printed, text);
      if (language === 'json' && printed !== '') expect(lastAnswer(printed)).toEqual(stable(text));
    }
  }, 60_000);
});

function blocksOf(markdown: string): { language: string; text: string }[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** On a terminal both streams are one. A Deny of the command line ends with 3. */
function run(script: string, where: Pick<SpawnOptions, 'cwd' | 'env'>): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-euc', `exec 2>&1\n${script}`], { ...where, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    shell.stdout.on('data', (piece: Buffer) => {
      printed += piece.toString('utf8');
    });
    shell.on('close', (code) => {
      const isFine = code === 0 || (code === 3 && printed.startsWith('Deny'));
      isFine ? resolve(printed) : reject(new Error(`exit ${code}: ${script}\n${printed}`));
    });
  });
}

/** `…` on a line of its own stands for lines that are left out. */
function expectShown(printed: string, text: string): void {
  const [first = '', ...parts] = text.split(/^…\n/m);
  const last = parts.at(-1);
  if (last === undefined) return expect(printed).toBe(first);
  expect(printed.slice(0, first.length)).toBe(first);
  expect(printed.slice(printed.length - last.length)).toBe(last);
  let rest = printed.slice(first.length);
  for (const part of parts) {
    expect(rest).toContain(part);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
}

/** Of several answers on one line, the last. */
const lastAnswer = (printed: string): unknown => stable(printed.slice(Math.max(0, printed.lastIndexOf('}{') + 1)));

/** An id is another one each time. */
const stable = (answer: string): unknown =>
  JSON.parse(answer, (name, value: unknown) => (name === 'decisionId' ? 'made' : value));
