import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { DecisionBody } from '../../src/service/decision-request.js';
import { Directory } from '../../src/service/directory.js';
import { ServiceError } from '../../src/service/errors.js';
import { Pdp } from '../../src/service/pdp.js';
import { patched } from '../decision/apply.js';
import { neighboursOf } from '../decision/neighbours.js';
import { generate } from '../oracle/generate.js';

type Json = Readonly<Record<string, unknown>>;

/** What is stored: documents by kind and name, and records by id. */
interface Contents {
  readonly policies: Readonly<Record<string, unknown>>;
  readonly endpoints: Readonly<Record<string, Json>>;
  readonly apis: Readonly<Record<string, Json>>;
}

const AT = '2026-01-01T00:00:00.000Z';

function pdpOf({ policies, endpoints, apis }: Contents, requireIdentityPolicies: boolean): Pdp {
  const texts = new Map(Object.entries(policies).map(([key, document]) => [`sha256:${key}`, JSON.stringify(document)]));
  const heads = Object.keys(policies).map((key) => {
    const [kind = '', name = ''] = key.split('/');
    return {
      kind,
      name,
      version: 1,
      digest: `sha256:${key}`,
      description: null,
      revision: 1,
      createdAt: AT,
      updatedAt: AT,
    };
  });
  const records = (type: 'endpoint' | 'api', bodies: Readonly<Record<string, Json>>) =>
    Object.entries(bodies).map(([id, body]) => ({
      ...{ type, id, policy: (body.policy ?? null) as string | null, body: JSON.stringify(body) },
      ...{ revision: 1, createdAt: AT, updatedAt: AT },
    }));
  const contents = {
    revision: 1,
    policies: heads,
    records: [...records('endpoint', endpoints), ...records('api', apis)],
  };
  return new Pdp(
    new Directory(contents),
    new CompiledPolicies(async (digest) => texts.get(digest), 100_000_000),
    { version: async () => undefined },
    {
      limits: { endpoint: 20_480, resource: 8192, identity: 10_240 },
      requireIdentityPolicies,
      maxBatch: 1,
      now: () => 1_717_200_000_000,
    },
  );
}

const DERIVED =
  /^aws:(sourcevpce?|principal(arn|account|type|isawsservice|servicename)|userid|username|resourceaccount|requestedregion|viaawsservice|securetransport|currenttime|epochtime)$/i;

/** A drawn simulation as a decision on what is stored, with something amiss now and then; null where it cannot be one. */
function stored(seed: number): { contents: Contents; call: DecisionBody } | null {
  const body = generate(seed);
  const { principal, action, resource, context = {} } = body.request;
  const [, partition, region, accountId, api] =
    /^arn:(aws[a-z-]*):execute-api:([^:]+):(\d{12}):([A-Za-z0-9]+)\/[\w-]+\/[A-Z]+\//.exec(resource) ?? [];
  if (api === undefined) return null;
  const policies: Record<string, unknown> = {};
  if (body.endpointPolicy) policies['endpoint/e'] = body.endpointPolicy;
  if (body.resourcePolicy) policies['resource/r'] = body.resourcePolicy;
  for (const [at, document] of (body.identityPolicies ?? []).entries()) policies[`identity/i${at}`] = document;
  const every = (count: number): boolean => seed % count === 0;
  const methods = [
    { httpMethod: 'GET', path: '/pets', authorizationType: 'AWS_IAM' },
    { stage: 'prod', httpMethod: 'ANY', path: '/{proxy+}', authorizationType: 'NONE' },
  ];
  const contents: Contents = {
    policies,
    endpoints: {
      'vpce-22222222': {
        vpcId: 'vpc-1a2b3c4d',
        policy: body.endpointPolicy ? 'e' : null,
        ...(every(7) ? { region: 'us-east-1' } : {}),
      },
      'vpce-1a2b3c4d': { vpcId: 'vpc-87654321', policy: null },
    },
    apis: {
      [every(11) ? `${api}x` : api]: {
        ...{ accountId, region, partition, policy: body.resourcePolicy ? 'r' : null },
        authorizationType: body.authorizationType ?? 'NONE',
        ...(every(13) ? { endpointType: 'EDGE' } : {}),
        ...(every(5) ? { methods } : {}),
      },
    },
  };
  const { permissionsBoundary, sessionPolicies, authorizerResult, authorizerPolicy } = body;
  const brought = Object.entries({ permissionsBoundary, sessionPolicies, authorizerResult, authorizerPolicy, action });
  const call = {
    ...{ principal, resource, endpoint: every(17) ? 'vpce-2222222x' : 'vpce-22222222' },
    context: Object.fromEntries(Object.entries(context).filter(([key]) => !DERIVED.test(key))),
    ...(body.identityPolicies
      ? { identityPolicies: body.identityPolicies.map((_, at) => (every(2) ? `i${at}` : `i${at}@1`)) }
      : {}),
    ...Object.fromEntries(brought.filter(([, value]) => value !== undefined)),
  };
  return { contents, call: call as unknown as DecisionBody };
}

const KIND = { endpoint: 'endpoint', resource: 'resource' } as Readonly<Record<string, string>>;
const FIELD = {
  authorizer: 'authorizerPolicy',
  identity: 'identityPolicies',
  boundary: 'permissionsBoundary',
  session: 'sessionPolicies',
} as Readonly<Record<string, string>>;

function after({ contents, call }: { contents: Contents; call: DecisionBody }, { changes }: Remedy) {
  let [changed, asked] = [contents, call];
  for (const { target, layer = '', name, index, patch } of changes) {
    if (target === 'request') {
      asked = patched(asked, patch);
    } else if (target === 'policy' && typeof name !== 'string') {
      const base = `/${FIELD[layer]}${index === undefined ? '' : `/${index}`}`;
      asked = patched(
        asked,
        patch.map((operation) => ({ ...operation, path: base + operation.path })),
      );
    } else {
      const member = target === 'policy' ? 'policies' : target === 'endpoint' ? 'endpoints' : 'apis';
      const key = target === 'policy' ? `${KIND[layer] ?? 'identity'}/${name}` : String(name);
      changed = { ...changed, [member]: { ...changed[member], [key]: patched(changed[member][key], patch) } };
    }
  }
  return { contents: changed, call: asked };
}

async function answerOf(pdp: Pdp, call: DecisionBody): Promise<string> {
  try {
    return (await pdp.decide(call, { minimal: true })).decision;
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

describe('remedies of decisions on what is stored', () => {
  it.each([0, 1, 2])('keep their word, whatever is amiss (%i)', { timeout: 120_000 }, async (part) => {
    const reasons = new Set<string>();
    for (let seed = part * 300; seed < part * 300 + 150; seed++) {
      const question = stored(seed);
      if (question === null) continue;
      const requires = seed % 5 === 0;
      const pdp = pdpOf(question.contents, requires);
      if ((await answerOf(pdp, question.call)) !== 'Deny') continue;
      const { reason, remedies } = await pdp.explain(question.call);
      reasons.add(reason);
      expect(remedies.length, `seed ${seed}`).toBeGreaterThan(0);
      for (const remedy of remedies) {
        const changed = after(question, remedy);
        const mended = pdpOf(changed.contents, requires);
        expect(await answerOf(mended, changed.call), `seed ${seed}: ${remedy.summary}`).toBe('Allow');
        if (remedy.widens) continue;
        for (const call of neighboursOf(question.call)) {
          if ((await answerOf(pdp, call)) === 'Allow') continue;
          expect(await answerOf(mended, call), `seed ${seed}: ${remedy.summary}`).not.toBe('Allow');
        }
      }
    }
    expect([...reasons]).toEqual(
      expect.arrayContaining(['UNKNOWN_ENDPOINT', 'UNKNOWN_API', 'API_NOT_PRIVATE', 'EXPLICIT_DENY', 'IMPLICIT_DENY']),
    );
  });
});
