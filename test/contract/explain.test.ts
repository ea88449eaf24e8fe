import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { open, served } from './carried-out.js';
import { api, arn, call, policy, statement, stored, USER } from './postern.js';

describe('an explanation over HTTP', () => {
  it('says what the decision says, and the state that it was made from', async () => {
    const { http, post } = await served(open);
    const [plain, explained] = [await post('/v1/decisions', call()), await post('/v1/decisions/explain', call())];
    const { trace, notReached, summary, remedies, decisionId: _, ...decision } = explained.body;
    const { decisionId: __, ...expected } = plain.body;
    expect(decision).toEqual(expected);
    expect(explained.headers['postern-revision']).toBe(plain.headers['postern-revision']);
    expect({ notReached, remedies }).toEqual({ notReached: [], remedies: [] });
    expect(trace.map(({ layer }: { layer: string }) => layer)).toEqual(['endpoint', 'resource']);
    expect(summary.at(-1)).toBe('the call is allowed');
    expect((await http.post('/v1/decisions/explain').send(call({ principal: 'nobody' }))).status).toBe(400);
  });

  it('sees what was written a moment ago', async () => {
    const made = await served(open);
    expect((await made.post('/v1/decisions/explain', call())).body.decision).toBe('Allow');
    await stored(made, 'policies/resource/open', { document: policy(statement({ Effect: 'Deny' })) });
    const { body } = await made.post('/v1/decisions/explain', call());
    expect(body).toMatchObject({
      decision: 'Deny',
      trace: [{}, { name: 'open', version: 2, outcome: 'explicitDeny' }],
    });
  });

  it('of a simulation changes the simulation’s body, or the records it names', async () => {
    const { http } = await served({
      ...open,
      'apis/a1b2c3d4e5': api({ policy: 'open', authorizationType: 'AWS_IAM' }),
    });
    const request = { principal: 'anonymous', resource: arn() };
    const targets = async (body: object) =>
      (
        await http
          .post('/v1/simulations')
          .send({ ...body, explain: true })
          .expect(200)
      ).body.remedies.flatMap(({ changes }: Remedy) =>
        changes.map(({ target, name, patch }) => [target, name, patch[0]!.path]),
      );
    expect(await targets({ api: 'a1b2c3d4e5', request })).toEqual([
      ['request', undefined, '/principal'],
      ['api', 'a1b2c3d4e5', '/authorizationType'],
    ]);
    expect(await targets({ api: 'a1b2c3d4e5', authorizationType: 'AWS_IAM', request })).toEqual([
      ['request', undefined, '/principal'],
      ['api', null, '/authorizationType'],
    ]);
  });

  it('is left out of a minimal answer', async () => {
    const { http } = await served(open);
    const body = {
      explain: true,
      endpoint: 'vpce-1a2b3c4d',
      api: 'a1b2c3d4e5',
      request: { principal: USER, resource: arn() },
    };
    const answer = await http.post('/v1/simulations').set('Prefer', 'return=minimal').send(body).expect(200);
    expect(Object.keys(answer.body).sort()).toEqual(['decision', 'decisionId', 'layer', 'reason', 'revision']);
  });
});
