import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BINARY, ended, ROOT } from './binary.js';

describe('the package', () => {
  it('holds the command and every file that it loads', async () => {
    const { code, out, err } = await ended('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {});
    expect(code, err).toBe(0);
    const [{ files }] = JSON.parse(out) as [{ files: { path: string }[] }];
    const packed = new Set(files.map(({ path }) => path));
    const { bin, exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(packed).toContain(bin.postern);

    const seen = new Set<string>();
    const { types, default: client } = exports['./client'];
    const pending = [bin.postern, types, client].map((path: string) => normalize(path));
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      expect(packed).toContain(path);
      const text = /\.(?:js|d\.ts)$/.test(path) ? await readFile(join(ROOT, path), 'utf8') : '';
      // What it imports, at once or later, and what it reads beside itself.
      for (const [, to = ''] of text.matchAll(/(?:from |import\(|import |new URL\()'(\.[^']+)'/g)) {
        pending.push(normalize(join(dirname(path), to)));
      }
    }
    for (const path of ['dist/server.js', 'dist/cli/offline.js', 'openapi/openapi.json', 'package.json']) {
      expect(seen).toContain(path);
    }
    expect([...packed].filter((path) => /^(?:test|src|node_modules|data)\//.test(path))).toEqual([]);
  });

  it('has a command that a shell can run', async () => {
    expect(await readFile(BINARY, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
