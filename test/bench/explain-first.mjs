/**
 * The first question of a process. Reads from its standard input the body of a simulation, whether its policies are to
 * be `stored` before, and whether the process is to be `warm` as a server is that has started; writes the milliseconds
 * of CPU that the explanation took. Plain JavaScript: a loader would be at work beside it.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CompiledPolicies } from '../../dist/service/compiled-policies.js';
import { Directory } from '../../dist/service/directory.js';
import { Pdp } from '../../dist/service/pdp.js';
import { warmUp } from '../../dist/service/warm-up.js';

const { body, stored, warm } = JSON.parse(readFileSync(0, 'utf8'));
const { endpointPolicy, resourcePolicy, identityPolicies, permissionsBoundary, authorizationType, request } = body;

const documents = { endpointPolicy, resourcePolicy, identityPolicy: identityPolicies[0], permissionsBoundary };
const [, , , , accountId, apiId] = request.resource.split(/[:/]/);
const at = { revision: 1, createdAt: '', updatedAt: '' };
const policy = (kind, digest) => ({ kind, name: digest, version: 1, digest, description: null, ...at });
const record = (type, id, { policy, ...rest }) => ({
  type,
  id,
  policy,
  body: JSON.stringify({ policy, ...rest }),
  ...at,
});
const directory = new Directory({
  revision: 1,
  policies: [
    policy('endpoint', 'endpointPolicy'),
    policy('resource', 'resourcePolicy'),
    policy('identity', 'identityPolicy'),
    policy('identity', 'permissionsBoundary'),
  ],
  records: [
    record('endpoint', 'vpce-1', { vpcId: 'vpc-1', policy: 'endpointPolicy' }),
    record('api', apiId, { accountId, region: 'us-east-1', policy: 'resourcePolicy', authorizationType }),
  ],
});
const load = async (digest) => JSON.stringify(documents[digest]);
const pdp = new Pdp(
  directory,
  new CompiledPolicies(load, 1_000_000),
  {},
  {
    limits: { endpoint: 20_480, resource: 8192, identity: 10_240 },
    requireIdentityPolicies: false,
    maxBatch: 1,
    now: Date.now,
  },
);

if (warm) {
  await warmUp();
  // Nobody asks in the same moment; what V8 compiles beside belongs to the start.
  await pause(100);
}
const before = process.cpuUsage();
const { remedies } = stored
  ? await pdp.explain({
      ...request,
      endpoint: 'vpce-1',
      identityPolicies: ['identityPolicy'],
      permissionsBoundary: 'permissionsBoundary',
    })
  : await pdp.simulate({ ...body, explain: true }, { minimal: false });
const { user, system } = process.cpuUsage(before);
if (remedies.length === 0) throw new Error('nothing was searched for');
process.stdout.write(String((user + system) / 1000));
