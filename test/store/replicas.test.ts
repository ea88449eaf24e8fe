import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowAll, api, endpoint } from '../contract/postern.js';
import { decide, since, startTwo } from '../faults/two-replicas.js';
import { onPostgresServer } from './on-postgres.js';
import { Replica } from './replica.js';

await onPostgresServer((server) => {
  let url: string;
  let replicas: readonly [Replica, Replica];
  const more: Replica[] = [];

  beforeAll(async () => {
    url = await server.createDatabase();
    const settings = { POSTERN_DATABASE_URL: url.replace('postern@', 'postern:secret@'), POSTERN_LOG_LEVEL: 'debug' };
    replicas = (await startTwo(settings)).both;
  }, 60_000);
  afterEach(async () => {
    for (const replica of more.splice(0)) await replica.kill();
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.kill())));

  describe('a write through one replica', () => {
    it('is known to a precondition at the other', async () => {
      for (let n = 0; n < 20; n++) {
        const [writer, reader] = n % 2 ? replicas : [replicas[1], replicas[0]];
        const revision = await writer.put('/v1/endpoints/known', endpoint({ description: `a ${n}` }));
        const answer = await reader.ask('PUT', '/v1/endpoints/known', endpoint({ description: `b ${n}` }), {
          'if-match': `"${revision}"`,
        });
        expect(answer.status).toBe(200);
      }
    });

    it('and one through the other at the same moment: of those with the same precondition one wins', async () => {
      const body = endpoint({ description: 'mine' });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          replicas[n % 2]!.ask('PUT', '/v1/endpoints/race', { ...body, vpcId: `vpc-${n}` }, { 'if-none-match': '*' }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.sort()).toEqual([201, ...Array(7).fill(412)]);
    });

    it('is attached to what the other deletes at the same moment, or refused', async () => {
      const [first, second] = replicas;
      for (let n = 0; n < 10; n++) {
        await first.put('/v1/policies/resource/torn', { document: allowAll });
        const [attached, deleted] = await Promise.all([
          first.ask('PUT', '/v1/apis/torn', api({ policy: 'torn' })),
          second.ask('DELETE', '/v1/policies/resource/torn'),
        ]);
        expect([
          [201, 409],
          [409, 204],
        ]).toContainEqual([attached.status, deleted.status]);
        if (attached.status !== 201) continue;
        await first.ask('DELETE', '/v1/apis/torn');
        expect((await second.ask('DELETE', '/v1/policies/resource/torn')).status).toBe(204);
      }
    });
  });

  describe('without the database', () => {
    it('a policy that is not compiled here cannot be had', { timeout: 60_000 }, async () => {
      const [first, second] = replicas;
      const document = { ...allowAll, Id: `new ${Date.now()}` };
      const revision = await first.put('/v1/policies/resource/open', { document });
      await second.ask('GET', '/v1/apis', undefined, since(revision));
      await server.halt('immediate');
      const { status, body, headers } = await decide(second);
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'store-unavailable', '1']);
      await server.startAgain();
      await vi.waitFor(async () => expect((await decide(second)).body.decision).toBe('Allow'), { timeout: 5_000 });
    });
  });

  it('ends in order, also without the database, and never says the password', { timeout: 60_000 }, async () => {
    const last = await Replica.start({ POSTERN_DATABASE_URL: url });
    more.push(last);
    expect(await replicas[0].stop()).toBe(0);
    await server.halt('immediate');
    await sleep(500);
    expect(await last.stop()).toBe(0);
    expect(await replicas[1].stop()).toBe(0);
    for (const { said } of [...replicas, last]) expect(said).not.toContain('secret');
  });
});
