import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientModule, type Document } from '../../openapi/client.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const document = JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8')) as Document;
/** Within the package, so that it knows itself by its name. */
const directory = join(ROOT, 'test/client/generated');

beforeAll(() => {
  mkdirSync(directory, { recursive: true });
  const config = { extends: '../../../tsconfig.json', include: ['*.ts'], compilerOptions: { noUnusedLocals: false } };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the compiler says of a module. */
function compiled(name: string, text: string): string {
  const path = join(directory, `${name}.ts`);
  writeFileSync(path, text);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', directory], { cwd: directory, encoding: 'utf8' });
  rmSync(path);
  return stdout;
}

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
const valuesOf = (media: Media | undefined): unknown[] => [
  ...(media?.example === undefined ? [] : [media.example]),
  ...Object.values(media?.examples ?? {}).map(({ value }) => value),
];

describe('the types of the client', () => {
  it('are those of openapi.json', () => {
    const generated = readFileSync(join(ROOT, 'src/client/generated/operations.ts'), 'utf8');
    expect(generated).toBe(clientModule(document));
  });

  it('take every example of the document, of what is sent and of what is answered', () => {
    const examples: string[] = [];
    for (const operation of Object.values(document.paths).flatMap(Object.values)) {
      const { operationId, requestBody, responses } = operation;
      const bodies = valuesOf(requestBody?.content['application/json'] as Media | undefined);
      const answers = Object.entries(responses as Record<string, { content?: Record<string, Media> }>)
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([, { content }]) => valuesOf(content?.['application/json']));
      for (const body of bodies)
        examples.push(`(${JSON.stringify(body)}) satisfies Operations['${operationId}']['input']['body'];`);
      for (const answer of answers)
        examples.push(`(${JSON.stringify(answer)}) satisfies Operations['${operationId}']['answer'];`);
    }
    expect(examples.length).toBeGreaterThan(30);
    const text = `import type { Operations } from '../../../src/client/index.js';\n${examples.join('\n')}\n`;
    expect(compiled('examples', text)).toBe('');
  });

  it('refuse what the document does not have', () => {
    const of = (body: string) =>
      compiled(
        'wrong',
        `import type { DecisionRequest } from '../../../src/client/index.js';\nexport const body: DecisionRequest = ${body};\n`,
      );
    const right = `principal: 'anonymous', resource: 'arn', endpoint: 'vpce-1'`;
    expect(of(`{ ${right} }`)).toBe('');
    expect(of(`{ ${right}, endpoints: 'x' }`)).toContain("'endpoints' does not exist");
    expect(of(`{ ${right}, authorizerResult: 'Maybe' }`)).toContain('error TS2322');
    expect(of(`{ principal: 'anonymous' }`)).toContain('error TS2739');
  });

  it('and the example of the documentation go together, by the name of the package', () => {
    const page = readFileSync(join(ROOT, 'docs/howto-enforce-with-express.md'), 'utf8');
    const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = '']) => block);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(compiled('page', block)).toBe('');
  });
});
