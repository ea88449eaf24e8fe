import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importFaults } from './imports.js';
import { purityFaults } from './purity.js';
import { exceptions } from './rules.js';
import type { Source } from './syntax.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const sources = ['src', 'openapi'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file): Source => {
      const path = `${folder}/${file.replaceAll(sep, '/')}`;
      return { path, text: readFileSync(join(ROOT, path), 'utf8') };
    }),
);

const faultsOf = (of: readonly Source[]) => [...importFaults(of), ...purityFaults(of)];
const isExcepted = (fault: string) => Object.keys(exceptions).some((known) => fault.startsWith(`${known} `));

describe('the source', () => {
  const faults = faultsOf(sources);

  it('keeps the rules', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(faults.filter((fault) => !isExcepted(fault))).toEqual([]);
  });

  it('needs every exception', () => {
    const needed = (known: string) => faults.some((fault) => fault.startsWith(`${known} `));
    expect(Object.keys(exceptions).filter((known) => !needed(known))).toEqual([]);
  });
});

/** A file with one line that a rule forbids, and the beginning of the fault. */
const planted: [path: string, text: string, fault: string][] = [
  ['src/policy/a.ts', `import { join } from 'node:path';`, 'src/policy/a.ts imports node:path'],
  ['src/policy/a.ts', `import type { B } from '../decision/b.js';`, 'src/policy/a.ts imports src/decision/b.ts'],
  ['src/policy/a.ts', `import { LRUCache } from 'lru-cache';`, 'src/policy/a.ts imports lru-cache'],
  ['src/decision/remedies/a.ts', `export * from '../../store/b.js';`, 'src/decision/remedies/a.ts imports src/store/b'],
  ['src/store/a.ts', `import type { B } from '../policy/b.js';`, 'src/store/a.ts imports src/policy/b.ts'],
  ['src/store/a.ts', `import { parse } from '../policy/parse.js';`, 'src/store/a.ts imports src/policy/parse.ts'],
  ['src/service/a.ts', `import { b } from '../store/sqlite.js';`, 'src/service/a.ts imports src/store/sqlite.ts'],
  ['src/service/a.ts', `import type { B } from '../http/b.js';`, 'src/service/a.ts imports src/http/b.ts'],
  ['src/service/a.ts', `import express from 'express';`, 'src/service/a.ts imports express'],
  ['src/service/a.ts', `import {\n  b,\n} from 'kysely';`, 'src/service/a.ts imports kysely (line 1)'],
  ['src/http/a.ts', `import { b } from '../policy/b.js';`, 'src/http/a.ts imports src/policy/b.ts'],
  ['src/http/a.ts', `import { type B } from '../decision/b.js';`, 'src/http/a.ts imports src/decision/b.ts'],
  ['src/http/a.ts', `export { b } from '../policy/b.js';`, 'src/http/a.ts imports src/policy/b.ts'],
  ['src/http/a.ts', `import type { B } from '../store/store.js';`, 'src/http/a.ts imports src/store/store.ts'],
  ['src/http/a.ts', `let b: import('../store/store.js').Store;`, 'src/http/a.ts imports src/store/store.ts'],
  ['src/http/a.ts', `import { Route } from 'tsoa';`, 'src/http/a.ts imports tsoa'],
  ['src/http/a.ts', `const b = await import('pg');`, 'src/http/a.ts imports pg'],
  ['src/http/a.ts', `process.getBuiltinModule(name);`, 'src/http/a.ts imports what is only known'],
  ['src/policy/a.ts', `const b = require('node:fs');`, 'src/policy/a.ts imports node:fs'],
  ['src/policy/a.ts', `import b = require('node:fs');`, 'src/policy/a.ts imports node:fs'],
  ['src/main.ts', `import { b } from '../test/b.js';`, 'src/main.ts imports test/b.ts'],
  ['openapi/a.ts', `import { b } from '../test/b.js';`, 'openapi/a.ts imports test/b.ts'],
  ['src/util/a.ts', `import { b } from './b.js';`, 'src/util/a.ts lies in a folder that no rule knows'],

  ['src/policy/a.ts', `if (b) throw new Error('b');`, 'src/policy/a.ts throws (line 1)'],
  ['src/decision/a.ts', `const b = await c;`, 'src/decision/a.ts waits'],
  ['src/decision/a.ts', `const b = async () => 1;`, 'src/decision/a.ts waits'],
  ['src/policy/a.ts', `const b = Promise.resolve(1);`, 'src/policy/a.ts waits'],
  ['src/policy/a.ts', `setTimeout(b, 1);`, 'src/policy/a.ts waits'],
  ['src/policy/a.ts', `const b = Date.now();`, 'src/policy/a.ts reads the clock'],
  ['src/policy/a.ts', `const b = new Date();`, 'src/policy/a.ts reads the clock'],
  ['src/policy/a.ts', `const b = { now: Date.now };`, 'src/policy/a.ts reads the clock'],
  ['src/policy/a.ts', `const b = performance.now();`, 'src/policy/a.ts reads the clock'],
  ['src/policy/a.ts', `const b = Math.random();`, 'src/policy/a.ts draws a number'],
  ['src/policy/a.ts', `const b = process.env.B;`, 'src/policy/a.ts uses process'],
  ['src/policy/a.ts', `const b = new RegExp(c);`, 'src/policy/a.ts makes a RegExp of data'],
  ['src/policy/a.ts', `const b = RegExp(c);`, 'src/policy/a.ts makes a RegExp of data'],
  ['src/policy/a.ts', `const b = c.match(d);`, 'src/policy/a.ts makes a RegExp of data'],
];

describe('a rule', () => {
  it.each(planted)('fires in %s on `%s`', (path, text, fault) => {
    const faults = faultsOf([{ path, text }]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('fires on a cycle, also of types', () => {
    const cycle = [
      { path: 'src/service/a.ts', text: `import { b } from './b.js';` },
      { path: 'src/service/b.ts', text: `export type { C } from './c.js';` },
      { path: 'src/service/c.ts', text: `import type { A } from './a.js';` },
    ];
    expect(importFaults(cycle)).toEqual([
      'src/service/a.ts <-> src/service/b.ts are in a cycle of imports',
      'src/service/b.ts <-> src/service/c.ts are in a cycle of imports',
      'src/service/a.ts <-> src/service/c.ts are in a cycle of imports',
    ]);
    expect(importFaults(cycle.slice(1))).toEqual([]);
    expect(importFaults([{ path: 'src/a.ts', text: `import './a.js';` }])).toHaveLength(1);
  });

  it('fires on a package with two owners', () => {
    // The part that it belongs to, and one that may not have it either.
    const faults = importFaults([
      { path: 'src/service/a.ts', text: `import { LRUCache } from 'lru-cache';` },
      { path: 'src/http/a.ts', text: `import type { LRUCache } from 'lru-cache';` },
    ]);
    expect(faults).toContain('lru-cache is imported by src/http and src/service: one part has to own it');
  });

  it.each<[path: string, text: string]>([
    ['src/http/a.ts', `import type { B } from '../policy/b.js';`],
    ['src/http/a.ts', `export type { B } from '../decision/b.js';`],
    ['src/http/a.ts', `import express from 'express';\nimport pino from 'pino';`],
    ['src/service/a.ts', `import { StoreError } from '../store/store.js';\nimport pino from 'pino';`],
    ['src/store/migrations/a.ts', `import { b } from '../b.js';\nimport { sql } from 'kysely/helpers';`],
    ['src/policy/a.ts', `// throw new Error(Date.now())\nexport const b = 'await process.exit()';`],
    ['src/policy/a.ts', `const b = (at: Date) => new Date(2).toISOString() + Date.UTC(2026, 1) + c.process;`],
    ['src/policy/a.ts', `const b = { process: 1 };\nconst c = d.match(/x/) ?? d.search(e ? /x/ : WORD);`],
    ['src/service/a.ts', `if (await b) throw new Error(String(Date.now() + process.pid));`],
  ])('leaves %s alone with `%s`', (path, text) => {
    expect(faultsOf([{ path, text }])).toEqual([]);
  });
});
