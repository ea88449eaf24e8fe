import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { DecisionBody } from '../../src/service/decision-request.js';
import { Directory } from '../../src/service/directory.js';
import { Pdp } from '../../src/service/pdp.js';
import type { PolicyHead, StoredRecord } from '../../src/store/store.js';
import { allowAll, identity } from '../contract/postern.js';

const WRITTEN = { description: null, revision: 1, createdAt: '', updatedAt: '' };
const texts = new Map<string, string>();

function policy(kind: PolicyHead['kind'], name: string, document: object): PolicyHead {
  const text = JSON.stringify(document);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  texts.set(digest, text);
  return { kind, name, version: 1, digest, ...WRITTEN };
}

const endpoint = (name: string | null): StoredRecord => ({
  type: 'endpoint',
  id: 'vpce-1',
  policy: name,
  body: JSON.stringify({ vpcId: 'vpc-1', policy: name }),
  ...WRITTEN,
});

const question: DecisionBody = {
  principal: 'arn:aws:iam::123412341234:user/MyUser',
  resource: 'arn:aws:execute-api:us-east-1:123412341234:unknown/prod/GET/pets',
  endpoint: 'vpce-1',
  identityPolicies: ['own'],
};

it('a call is explained at the revision that it is decided at, though the endpoint lets go of its policy meanwhile', async () => {
  const policies = [policy('endpoint', 'door', allowAll), policy('identity', 'own', identity.allow)];
  const directory = new Directory({ revision: 1, policies, records: [endpoint('door')] });
  let change = (): void =>
    directory.apply({
      revision: 2,
      applied: [
        { type: 'endpoint', record: endpoint(null) },
        { type: 'policy', key: { kind: 'endpoint', name: 'door' } },
      ],
    });
  const fetch = async (digest: string) => {
    // Once what the question names has been looked up.
    await turn();
    change();
    change = () => {};
    return texts.get(digest);
  };
  const options = {
    limits: { endpoint: 0, resource: 0, identity: 0 },
    requireIdentityPolicies: false,
    maxBatch: 1,
    now: Date.now,
  };
  const pdp = new Pdp(directory, new CompiledPolicies(fetch, 1_000_000), { version: async () => undefined }, options);
  expect(await pdp.explain(question)).toMatchObject({ reason: 'UNKNOWN_API', revision: 1, remedies: [] });
  expect(directory.policy('endpoint', 'door')).toBeUndefined();
});
