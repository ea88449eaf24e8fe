import type { AttachableType, StoredRecord } from '../store/store.js';
import { CompiledPolicies } from './compiled-policies.js';
import type { DecisionBody, SimulationBody } from './decision-request.js';
import { Directory } from './directory.js';
import { Pdp, type PdpOptions } from './pdp.js';

/** Milliseconds: what a start takes longer. Twice as long brought no more, five times as long half the cost again. */
const LONGEST = 100;

/** Milliseconds of a process's life: a start that is late already is not held up further. */
const LATEST = 1500;

/**
 * Asks a PDP of its own, over policies of its own, until V8 has compiled most of what decides and explains: a process
 * that has not been asked anything would pay for that with its first questions, and with large policies several times
 * over.
 * @param end when to stop, in milliseconds of the process's life
 */
export async function warmUp(end = Math.min(performance.now() + LONGEST, LATEST)): Promise<void> {
  while (performance.now() < end) {
    // A new one each time, so that stored policies are compiled again.
    const compiled = new CompiledPolicies(async (digest) => JSON.stringify(stored[digest]), 1_000_000);
    const pdp = new Pdp(directory, compiled, { version: async () => undefined }, options);
    await pdp.decide(decision, { minimal: false });
    await pdp.explain(decision);
    for (const body of simulations) if (performance.now() < end) await pdp.simulate(body, { minimal: false });
  }
}

const options: PdpOptions = {
  limits: { endpoint: 20_480, resource: 20_480, identity: 20_480 },
  requireIdentityPolicies: false,
  maxBatch: 1,
  now: Date.now,
};

const ACCOUNT = '123412341234';
const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5`;

interface Statement {
  readonly [element: string]: unknown;
}

/** Something of everything that policies are made of, so that V8 compiles for all of it at once. */
const elements = (at: number): Statement[] => [
  { Resource: `${API}/Prod/GET/${at}` },
  { Action: 'execute-api:*', Resource: [`${API}/*/G?T/${at}*`, `${API}/prod/*/\${aws:username}/${at}`] },
  { Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:role/app-${at}`, '999988887777'] }, Resource: `${API}/test/*` },
  { Action: '*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpc': `vpc-${at}` } } },
  { Condition: { StringEquals: { 'acme:k': `v${at}` }, NotIpAddress: { 'aws:VpcSourceIp': `10.${at}.0.0/16` } } },
  { Condition: { StringLike: { 'acme:k': `*${at}` }, NumericLessThan: { 'acme:n': at }, Null: { 'acme:o': 'true' } } },
  { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/b*' }, Bool: { 'acme:b': 'true' } } },
];

const statements = (Effect: 'Allow' | 'Deny'): Statement[] =>
  [1, 2, 3].flatMap((at) =>
    elements(at).map((each) => ({
      Effect,
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: `${API}/*`,
      ...each,
    })),
  );

const document = (Statement: readonly Statement[]) => ({ Version: '2012-10-17', Statement });
const forIdentities = (all: readonly Statement[]) => document(all.map(({ Principal: _, ...rest }) => rest));

const everything = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const nearly = statements('Allow').filter(({ Action }) => Action !== '*');
const denying = [everything, ...statements('Deny')];

const request = {
  principal: `arn:aws:iam::${ACCOUNT}:user/alice`,
  resource: `${API}/prod/GET/pets`,
  context: { 'acme:k': 'w', 'acme:n': 7, 'aws:VpcSourceIp': '10.1.0.1' },
};

const simulations: readonly SimulationBody[] = [nearly, denying].flatMap((all) =>
  (['AWS_IAM', 'NONE'] as const).map((authorizationType) => ({
    authorizationType,
    endpointPolicy: document(all),
    resourcePolicy: document(all),
    identityPolicies: [forIdentities(all)],
    permissionsBoundary: forIdentities(all),
    request,
    explain: true,
  })),
);

const decision: DecisionBody = {
  ...request,
  endpoint: 'vpce-1a2b3c4d',
  identityPolicies: ['example'],
  permissionsBoundary: 'example',
};

/** What is stored, by digest. */
const stored: Readonly<Record<string, object>> = {
  endpoint: document([everything, ...nearly]),
  resource: document(nearly),
  identity: forIdentities(nearly),
};

const AT = { revision: 1, createdAt: '', updatedAt: '' };
const directory = new Directory({
  revision: 1,
  policies: Object.keys(stored).map((kind) => {
    return { kind, name: 'example', version: 1, digest: kind, description: null, ...AT };
  }),
  records: [
    record('endpoint', 'vpce-1a2b3c4d', { vpcId: 'vpc-1a2b3c4d' }),
    record('api', 'a1b2c3d4e5', { accountId: ACCOUNT, region: 'us-east-1', authorizationType: 'AWS_IAM' }),
  ],
});

function record(type: AttachableType, id: string, body: object): StoredRecord {
  const policy = 'example';
  return { type, id, policy, body: JSON.stringify({ ...body, policy }), ...AT };
}
