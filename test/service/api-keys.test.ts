import { expect, it } from 'vitest';
import { apiKeys } from '../../src/service/api-keys.js';
import { Directory } from '../../src/service/directory.js';
import { digestOf, newKey } from '../../src/service/key-text.js';

it('keys that nobody knows leave room for others while the store takes its time, however many they are', async () => {
  const known = newKey();
  const body = JSON.stringify({ digest: digestOf(known), roles: ['read'], description: null, expiresAt: null });
  const at = '2026-01-01T00:00:00.000Z';
  const records = [{ type: 'key', id: 'blue', policy: null, body, revision: 1, createdAt: at, updatedAt: at }] as const;
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const directory = new Directory({ revision: 1, policies: [], records });
  const verifier = apiKeys({ directory, hasOthers: true, sync: () => answered }, { used: () => {} });
  const ask = (secret: string) => verifier({ secret, digest: digestOf(secret) });

  const asking = Array.from({ length: 300 }, async () => {
    try {
      return await ask(newKey());
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  expect(ask(known)).toMatchObject({ by: 'blue' });
  expect(ask('no key')).toBeUndefined();
  answer();
  const answers = await Promise.all(asking);
  expect(answers.filter((one) => one === 'store-unavailable')).toHaveLength(100);
  expect(answers.filter((one) => one === undefined)).toHaveLength(200);
  expect(await ask(newKey())).toBeUndefined();
});
