import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowAll, api, call, denyAll, endpoint } from '../contract/postern.js';
import { onPostgresServer } from './on-postgres.js';
import { Replica } from './replica.js';

await onPostgresServer((server) => {
  let url: string;
  let replicas: readonly [Replica, Replica];
  const more: Replica[] = [];

  beforeAll(async () => {
    url = await server.createDatabase();
    const settings = { POSTERN_DATABASE_URL: url.replace('postern@', 'postern:secret@'), POSTERN_LOG_LEVEL: 'debug' };
    replicas = [await Replica.start(settings), await Replica.start(settings)];
    const [first] = replicas;
    await first.put('/v1/policies/resource/open', { document: allowAll });
    await first.put('/v1/endpoints/vpce-1a2b3c4d', endpoint());
    await decided(await first.put('/v1/apis/a1b2c3d4e5', api({ policy: 'open' })));
  }, 60_000);
  afterEach(async () => {
    for (const replica of more.splice(0)) {
      replica.thaw();
      await replica.kill();
    }
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.kill())));

  const decide = (replica: Replica, headers?: Record<string, string>) =>
    replica.ask('POST', '/v1/decisions', call(), headers);
  const since = (revision: number) => ({ 'postern-min-revision': String(revision) });
  /** What all answer from that revision on. */
  const decided = (revision: number) => Promise.all(replicas.map((replica) => decide(replica, since(revision))));
  const decisions = (answers: readonly { body: { decision: string } }[]) => answers.map(({ body }) => body.decision);

  describe('a write through one replica', () => {
    it('is in the next answer of the other that is asked for its revision', async () => {
      const [first, second] = replicas;
      const waits: number[] = [];
      for (let n = 0; n < 40; n++) {
        const [writer, reader] = n % 2 ? [first, second] : [second, first];
        const document = n % 3 ? allowAll : denyAll;
        const revision = await writer.put('/v1/policies/resource/open', { document });
        const from = performance.now();
        const { body } = await decide(reader, since(revision));
        waits.push(performance.now() - from);
        expect([body.decision, body.revision >= revision]).toEqual([n % 3 ? 'Allow' : 'Deny', true]);
      }
      // Far from what it takes, and nearer than any polling.
      expect(waits.sort((a, b) => a - b)[20]).toBeLessThan(250);
    });

    it('is soon in all answers of the other', async () => {
      const [first, second] = replicas;
      const times: number[] = [];
      for (let n = 0; n < 20; n++) {
        const wanted = n % 2 ? 'Allow' : 'Deny';
        await first.put('/v1/policies/resource/open', { document: n % 2 ? allowAll : denyAll });
        const from = performance.now();
        while ((await decide(second)).body.decision !== wanted) await sleep(1);
        times.push(performance.now() - from);
      }
      expect(times.sort((a, b) => a - b)[10]).toBeLessThan(250);
    });

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
    it('replicas decide, refuse to write, and go on by themselves when it is back', { timeout: 60_000 }, async () => {
      const [first, second] = replicas;
      const revision = await first.put('/v1/policies/resource/open', { document: allowAll });
      expect(decisions(await decided(revision))).toEqual(['Allow', 'Allow']);
      await server.halt('immediate');
      for (const replica of replicas) {
        expect((await decide(replica)).body).toMatchObject({ decision: 'Allow', revision });
        const refused = await replica.ask('PUT', '/v1/policies/resource/open', { document: denyAll });
        expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
          503,
          'store-unavailable',
          '1',
        ]);
      }
      await sleep(1_000);
      const ready = await first.ask('GET', '/readyz');
      expect(ready).toMatchObject({ status: 200, body: { revision } });
      expect(ready.body.revisionAge).toBeGreaterThan(0.9);

      await server.startAgain();
      const from = performance.now();
      await vi.waitFor(() => first.put('/v1/policies/resource/open', { document: denyAll }), { timeout: 5_000 });
      await vi.waitFor(async () => expect((await decide(second)).body.decision).toBe('Deny'), { timeout: 5_000 });
      expect(performance.now() - from).toBeLessThan(5_000);
      await vi.waitFor(async () => expect((await second.ask('GET', '/readyz')).body.revisionAge).toBeLessThan(1));
    });

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

  describe('a replica that has stood still', { timeout: 60_000 }, () => {
    it('answers from the revision that is asked for', async () => {
      const [first] = replicas;
      const slow = await Replica.start({ POSTERN_DATABASE_URL: url });
      more.push(slow);
      await first.put('/v1/policies/resource/open', { document: allowAll });
      expect((await decide(slow)).status).toBe(200);
      slow.freeze();
      await sleep(1_000);
      const revision = await first.put('/v1/policies/resource/open', { document: denyAll });
      const asked = decide(slow, since(revision));
      slow.thaw();
      expect((await asked).body).toMatchObject({ decision: 'Deny', revision });
    });

    it('decides nothing on what is too old', async () => {
      const [first] = replicas;
      const strict = await Replica.start({ POSTERN_DATABASE_URL: url, POSTERN_MAX_STALENESS: '1' });
      more.push(strict);
      await decided(await first.put('/v1/policies/resource/open', { document: allowAll }));
      await vi.waitFor(async () => expect((await decide(strict)).body.decision).toBe('Allow'));
      strict.freeze();
      await first.put('/v1/policies/resource/open', { document: denyAll });
      await sleep(2_000);
      const asked = Array.from({ length: 5 }, () => decide(strict));
      strict.thaw();
      for (const { status, body } of await Promise.all(asked)) {
        if (status === 200) expect(body.decision).toBe('Deny');
        else expect([status, body.code]).toEqual([503, 'state-too-old']);
      }
      await vi.waitFor(async () => expect((await decide(strict)).body.decision).toBe('Deny'));

      await server.freeze();
      try {
        await sleep(1_200);
        const answer = await decide(strict);
        expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([
          503,
          'state-too-old',
          '1',
        ]);
        const ready = await strict.ask('GET', '/readyz');
        expect([ready.status, ready.body.errors[0].code]).toEqual([503, 'state-too-old']);
        // The others were not told to mind.
        expect((await decide(first)).body.decision).toBe('Deny');
      } finally {
        await server.thaw();
      }
      await vi.waitFor(async () => expect((await decide(strict)).status).toBe(200), { timeout: 5_000 });
      expect((await strict.ask('GET', '/readyz')).status).toBe(200);
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
