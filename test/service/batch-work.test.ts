import { expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { shapeOf } from '../../src/http/schemas.js';
import type { EvaluationOptions } from '../../src/service/evaluations.js';
import { createServices } from '../../src/services.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { CALLER, WRITER } from './logging.js';

const USER = 'arn:aws:iam::123412341234:user/MyUser';
const RESOURCE = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets';
const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
const document = { Statement: statement };
const everybody = { Statement: { ...statement, Principal: '*' } };

const shapeErrors = { evaluation: shapeOf('AccessEvaluation'), question: shapeOf('DecisionRequest') };
const asked: EvaluationOptions = { explain: false, shapeErrors, requestId: 'r', by: null };

const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** A Postern whose API asks for identity policies, with three versions of one; and how often its store was asked for one. */
async function serving(authorizationType: 'NONE' | 'AWS_IAM' = 'AWS_IAM') {
  const store = await openSqlite({ memory: true });
  const version = vi.spyOn(store, 'version');
  const { services } = await createServices(store, readConfig({}));
  const { pap, pdp, evaluations } = services;
  for (const Sid of ['One', 'Two', 'Three']) {
    await pap.policies.put('identity', 'idp', { document: { Statement: { ...statement, Sid } } }, WRITER);
  }
  await pap.policies.put('resource', 'open', { document: everybody }, WRITER);
  await pap.endpoints.put('vpce-1', { vpcId: 'vpc-1', policy: null }, WRITER);
  const api = { accountId: '123412341234', region: 'us-east-1', policy: 'open', authorizationType };
  await pap.apis.put('a1b2c3d4e5', api, WRITER);
  version.mockClear();

  const subject = (properties: object) => ({
    subject: { type: 'aws', id: USER, properties },
    action: { name: 'GET' },
    resource: { type: 'execute-api', id: RESOURCE },
    context: { endpoint: 'vpce-1' },
  });
  const evaluated = async (count: number, defaults: object) => {
    const { value } = await evaluations.evaluateAll(many(count, {}), defaults, 'execute_all', asked);
    return value;
  };
  const options = { ...CALLER, shapeErrors: shapeErrors.question };
  const batch = (requests: readonly object[]) => pdp.decideBatch(requests, options);
  return { version, subject, evaluated, batch };
}

it('asks the store once for a version that a thousand evaluations name a hundred times', async () => {
  const { version, subject, evaluated } = await serving();
  const decisions = await evaluated(1000, subject({ identityPolicies: many(100, 'idp@1') }));
  expect(decisions).toEqual(many(1000, { decision: true }));
  expect(version).toHaveBeenCalledTimes(1);
});

it('asks the store once for each version of a batch, and not for those that are not there yet', async () => {
  const { version, batch } = await serving();
  const request = (...identityPolicies: string[]) => ({
    principal: USER,
    resource: RESOURCE,
    endpoint: 'vpce-1',
    identityPolicies,
  });
  const { decisions } = await batch([
    ...many(50, request('idp@1', 'idp@2', 'idp@3')),
    ...many(50, request('idp@2')),
    ...many(50, request('idp@4', 'idp@999999')),
  ]);
  expect(decisions.map(({ reason }) => reason)).toEqual([...many(100, 'ALLOWED'), ...many(50, 'INVALID_REQUEST')]);
  expect(version.mock.calls.map(([, number]) => number)).toEqual([1, 2]);
  // Nothing is remembered: another batch asks again.
  await batch([request('idp@1')]);
  expect(version).toHaveBeenCalledTimes(3);
});

/** A document, and how often it was read. */
function watched(whole: object) {
  const reads = { count: 0 };
  const seen = Object.defineProperty({}, 'Statement', {
    enumerable: true,
    get: () => {
      reads.count++;
      return (whole as typeof document).Statement;
    },
  });
  return { seen, reads };
}

it.each([
  ['a policy', document, true],
  ['none', { Statement: { ...statement, Effect: 'allow' } }, false],
])('reads a document that evaluations share as often as for one of them: %s', async (_, whole, decision) => {
  const { subject, evaluated } = await serving();
  const reads = [];
  for (const count of [1, 1000]) {
    const { seen, reads: counted } = watched(whole);
    const decisions = await evaluated(count, subject({ identityPolicies: [seen] }));
    expect(decisions.map((one) => one.decision)).toEqual(many(count, decision));
    reads.push(counted.count);
  }
  expect(reads[0]).toBeGreaterThan(0);
  expect(reads[1]).toBe(reads[0]);
});

it('is told of too much that evaluations share before any is made', async () => {
  const { version, subject, evaluated } = await serving();
  const defaults = subject({ identityPolicies: many(100, 'idp@1'), note: 'x'.repeat(3000) });
  await expect(
    evaluated(1000, { ...defaults, context: { endpoint: 'vpce-1', note: 'x'.repeat(1000) } }),
  ).rejects.toMatchObject({
    code: 'malformed-request',
    errors: [{ pointer: '/evaluations', code: 'too-large' }],
  });
  expect(version).not.toHaveBeenCalled();
  expect(await evaluated(900, defaults)).toHaveLength(900);
});

/** Each as large as what evaluations share may be: 52 of the first, 28 of the second, a thousand of the others. */
const expensive: Readonly<Record<string, object>> = {
  documents: {
    identityPolicies: many(10, 0).map((_, policy) => ({
      Statement: many(60, 0).map((_, at) => ({
        ...statement,
        Resource: `arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/${policy}-${at}/*`,
      })),
    })),
  },
  faults: { identityPolicies: many(100, { Statement: many(30, {}) }) },
  values: Object.fromEntries(many(99, 0).map((_, at) => [`k${at}`, many(100, `a value of it, ${at}`)])),
  versions: { identityPolicies: many(100, 'idp@1') },
};

it.each(Object.entries(expensive))(
  'takes no more than a few hundred milliseconds of CPU: %s',
  { timeout: 60_000 },
  async (_, properties) => {
    const { subject, evaluated } = await serving('NONE');
    const defaults = subject(properties);
    const size = JSON.stringify(defaults.subject).length;
    const count = Math.min(1000, Math.floor(4_000_000 / size));
    await evaluated(1, defaults);
    // Generous: measured were at most 700; each evaluation by itself took ten times as much.
    const begun = process.cpuUsage();
    expect(await evaluated(count, defaults)).toHaveLength(count);
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1000).toBeLessThan(3000);
  },
);
