import { beforeEach, describe, expect, it } from 'vitest';
import type { Pap } from '../../src/service/pap.js';
import type { StoreDocument } from '../../src/service/store-document.js';
import { Transfer } from '../../src/service/transfer.js';
import type { Writer } from '../../src/service/writer.js';
import {
  AWS,
  awsOutput,
  DRY,
  decided,
  exported,
  FOR_REAL,
  LIMITS,
  MERGE,
  openServices,
  PRUNE,
  PUT,
  type Services,
  turnsDuring,
} from './transfer-setup.js';

let services: Services;
beforeEach(async () => {
  services = await openServices();
});

const allow = (resource = '*') => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: resource },
});

/** One of everything, and what is easily lost on the way. */
const DOCUMENT: StoreDocument = {
  formatVersion: 1,
  policies: [
    { kind: 'resource', name: 'orders', document: allow('execute-api:/*') },
    { kind: 'endpoint', name: 'team-b', document: allow(), description: '' },
    { kind: 'endpoint', name: 'team-a', document: allow(), description: 'quotes " and\nlines, ü, 😀, \u2028' },
    {
      kind: 'identity',
      name: 'orders',
      document: { Statement: [{ Action: 'execute-api:*', Effect: 'Allow', Resource: '*', Sid: '__proto__' }] },
    },
  ],
  endpoints: [
    { endpointId: 'vpce-b', vpcId: 'vpc-1', policy: null },
    {
      endpointId: 'vpce-a',
      description: 'members in another order than ours',
      policy: 'team-a',
      context: { 'aws:ResourceOrgID': 'o-1', 'x:list': ['b', 'a'] },
      region: 'us-east-1',
      vpcId: 'vpc-1',
    },
  ],
  apis: [
    {
      apiId: 'api1',
      accountId: '123412341234',
      region: 'us-east-1',
      policy: 'orders',
      methods: [{ path: '/b', httpMethod: 'GET', authorizationType: 'NONE', stage: 'prod' }],
    },
    { apiId: 'API1', accountId: '123412341234', region: 'us-east-1', policy: null, authorizationType: 'AWS_IAM' },
  ],
};

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('this should have been refused'),
    ({ code, errors }) => ({
      code,
      errors: errors.map((issue: { pointer: string; code: string }) => [issue.pointer, issue.code]),
    }),
  );

describe('an export', () => {
  it('is one JSON document, sorted, with one entry to a line', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const text = await exported(services);
    expect(text.split('\n').map((line) => line.replace(/^(.{30}).*$/s, '$1'))).toMatchInlineSnapshot(`
      [
        "{",
        ""formatVersion": 1,",
        ""policies": [",
        "{"kind":"endpoint","name":"tea",
        "{"kind":"endpoint","name":"tea",
        "{"kind":"resource","name":"ord",
        "{"kind":"identity","name":"ord",
        "],",
        ""endpoints": [",
        "{"endpointId":"vpce-a","vpcId"",
        "{"endpointId":"vpce-b","vpcId"",
        "],",
        ""apis": [",
        "{"apiId":"API1","accountId":"1",
        "{"apiId":"api1","accountId":"1",
        "]",
        "}",
        "",
      ]
    `);
    expect(JSON.parse(text)).toEqual({
      formatVersion: 1,
      policies: [DOCUMENT.policies?.[2], DOCUMENT.policies?.[1], DOCUMENT.policies?.[0], DOCUMENT.policies?.[3]],
      endpoints: [...(DOCUMENT.endpoints ?? [])].reverse(),
      apis: [...(DOCUMENT.apis ?? [])].reverse(),
    });
  });

  it('of an empty store is a document too, which changes nothing', async () => {
    const document = JSON.parse(await exported(services));
    expect(document).toEqual({ formatVersion: 1, policies: [], endpoints: [], apis: [] });
    expect(await services.transfer.import(document, PRUNE)).toEqual({
      dryRun: false,
      revision: 0,
      changes: [],
      unchanged: 0,
      issues: [],
    });
  });

  it('holds the state of one revision, whatever is written while it is read', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const before = await exported(services);
    const { revision, value } = services.transfer.export();
    expect(revision).toBe(1);
    await services.transfer.import({ formatVersion: 1, policies: [], endpoints: [], apis: [] }, PRUNE);
    let text = '';
    for await (const piece of value) text += piece;
    expect(text).toBe(before);
  });

  it('imported into an empty store gives the same export, and the same decisions', async () => {
    await services.transfer.importAws(awsOutput(), AWS);
    await services.transfer.import(DOCUMENT, MERGE);
    const text = await exported(services);
    const copy = await openServices();
    await copy.transfer.import(JSON.parse(text), MERGE);
    expect(await exported(copy)).toBe(text);

    const reasons = new Set<string>();
    for (const endpoint of [...services.directory.endpoints.values(), { id: 'vpce-unknown' }]) {
      for (const api of services.directory.apis.values()) {
        for (const tail of ['prod/GET/orders', 'prod/POST/orders', 'prod/GET/', 'admin/GET/orders', 'prod/GET/b']) {
          for (const principal of ['anonymous', 'arn:aws:iam::123412341234:user/MyUser']) {
            const resource = `arn:aws:execute-api:us-east-1:123412341234:${api.id}/${tail}`;
            const body = { endpoint: endpoint.id, principal, resource, context: { 'aws:VpcSourceIp': '10.1.2.3' } };
            const decision = await decided(services, body);
            // A policy's version counts the writes of one store.
            expect(await decided(copy, body)).toEqual(decision);
            reasons.add(decision.reason);
          }
        }
      }
    }
    expect([...reasons].sort()).toEqual([
      'ALLOWED',
      'API_NOT_PRIVATE',
      'EXPLICIT_DENY',
      'IMPLICIT_DENY',
      'NOT_AUTHENTICATED',
      'NO_RESOURCE_POLICY',
      'UNKNOWN_ENDPOINT',
      'UNKNOWN_METHOD',
    ]);
  });
});

describe('an import', () => {
  it('tells in a dry run exactly what it then does', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const [first, ...others] = DOCUMENT.policies ?? [];
    const next: StoreDocument = {
      formatVersion: 1,
      policies: [{ ...first!, document: allow('execute-api:/prod/*') }, ...others.slice(1)],
      endpoints: [{ endpointId: 'vpce-c', vpcId: 'vpc-1', policy: 'team-a' }, DOCUMENT.endpoints![1]!],
      apis: [{ ...DOCUMENT.apis![0]!, policy: null, description: 'new' }, DOCUMENT.apis![1]!],
    };
    const before = await exported(services);
    const dry = await services.transfer.import(next, { ...DRY, prune: true });
    expect(dry).toMatchObject({ dryRun: true, revision: 1, issues: [] });
    expect(await exported(services)).toBe(before);
    expect(dry.unchanged).toBe(4);
    expect(dry.changes).toEqual([
      { op: 'delete', type: 'policy', kind: 'endpoint', id: 'team-b' },
      { op: 'replace', type: 'policy', kind: 'resource', id: 'orders', members: ['document'] },
      { op: 'delete', type: 'endpoint', id: 'vpce-b' },
      { op: 'create', type: 'endpoint', id: 'vpce-c' },
      { op: 'replace', type: 'api', id: 'api1', members: ['policy', 'description'] },
    ]);
    expect(await services.transfer.import(next, PRUNE)).toEqual({ ...dry, dryRun: false, revision: 2 });
    expect(JSON.parse(await exported(services))).toMatchObject({ endpoints: [{ endpointId: 'vpce-a' }, {}] });
  });

  it('changes nothing the second time', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const again = await services.transfer.import(DOCUMENT, PRUNE);
    expect(again).toEqual({ dryRun: false, revision: 1, changes: [], unchanged: 8, issues: [] });
  });

  it('without prune leaves what it does not name', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const { changes } = await services.transfer.import({ formatVersion: 1 }, MERGE);
    expect(changes).toEqual([]);
    const policies = [{ kind: 'identity', name: 'orders', document: DOCUMENT.policies![3]!.document }] as const;
    const described = policies.map((policy) => ({ ...policy, description: 'new' }));
    const answer = await services.transfer.import({ formatVersion: 1, policies: described }, MERGE);
    expect(answer.changes).toEqual([
      { op: 'replace', type: 'policy', kind: 'identity', id: 'orders', members: ['description'] },
    ]);
    expect((await services.policies.get('identity', 'orders')).value).toMatchObject({ version: 2, description: 'new' });
  });

  it('with prune removes a policy together with what names it, and goes on counting its versions', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const empty = { formatVersion: 1, policies: [], endpoints: [], apis: [] } as const;
    expect((await services.transfer.import(empty, PRUNE)).changes.map(({ op }) => op)).toEqual(Array(8).fill('delete'));
    await services.transfer.import(DOCUMENT, PRUNE);
    expect((await services.policies.get('endpoint', 'team-a')).value.version).toBe(2);
  });

  it('is refused with every fault at once, and then changes nothing', async () => {
    const bad: StoreDocument = {
      formatVersion: 1,
      policies: [
        { kind: 'endpoint', name: 'a', document: { Statement: { ...allow().Statement, Effect: 'allow' } } },
        { kind: 'endpoint', name: 'b', document: allow() },
        { kind: 'endpoint', name: 'b', document: allow() },
        { kind: 'identity', name: 'b', document: allow() },
      ],
      endpoints: [{ endpointId: 'v', vpcId: 'vpc-1', policy: 'c', context: { 'aws:SourceVpce': 'v' } }],
      apis: [
        {
          apiId: 'a',
          accountId: '123412341234',
          region: 'us-east-1',
          policy: 'b',
          methods: [{ httpMethod: 'GET', path: '//', authorizationType: 'NONE' }],
        },
      ],
    };
    for (const dryRun of [true, false]) {
      expect(await failure(services.transfer.import(bad, { ...MERGE, dryRun }))).toEqual({
        code: 'malformed-request',
        errors: [
          ['/policies/0/document/Statement/Effect', 'invalid-effect'],
          ['/policies/2', 'duplicate-entry'],
          ['/policies/3/document/Statement/Principal', 'unsupported-principal'],
          ['/endpoints/0/context/aws:SourceVpce', 'derived-key'],
          ['/apis/0/methods/0/path', 'malformed-path'],
          ['/endpoints/0/policy', 'unknown-policy'],
          ['/apis/0/policy', 'unknown-policy'],
        ],
      });
    }
    const { policies } = bad;
    expect(await failure(services.transfer.import({ formatVersion: 1, policies: [policies![0]!] }, MERGE))).toEqual({
      code: 'invalid-policy',
      errors: [['/policies/0/document/Statement/Effect', 'invalid-effect']],
    });
    expect(services.directory.revision).toBe(0);
  });

  it('names only policies that exist when it is done', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const endpoints = [{ endpointId: 'vpce-c', vpcId: 'vpc-1', policy: 'team-a' }];
    const alone = { formatVersion: 1, policies: [], endpoints, apis: [] } as const;
    expect(await failure(services.transfer.import(alone, PRUNE))).toEqual({
      code: 'unknown-attached-policy',
      errors: [['/endpoints/0/policy', 'unknown-policy']],
    });
    expect((await services.transfer.import(alone, MERGE)).changes).toHaveLength(1);
  });

  it('with prune needs all lists: one left out by mistake must not delete all of its type', async () => {
    expect(await failure(services.transfer.import({ formatVersion: 1, policies: [] }, PRUNE))).toEqual({
      code: 'malformed-request',
      errors: [
        ['', 'missing-member'],
        ['', 'missing-member'],
      ],
    });
  });
});

describe('a write at the same moment', () => {
  /** Transfers whose commits come right after somebody else's write. */
  const beaten = ({ store, directory }: Services, write: () => Promise<unknown>) => {
    const late: Pick<Writer, 'writeAll'> = {
      writeAll: async (changes, author) => {
        await write();
        const commit = await store.commit(changes, { at: '2026-01-01T00:00:00Z', ...author });
        directory.apply(commit);
        return commit;
      },
    };
    return new Transfer(store, directory, late, LIMITS);
  };
  const changed: StoreDocument = {
    ...DOCUMENT,
    policies: DOCUMENT.policies!.map((policy) => ({ ...policy, description: 'imported' })),
  };
  const policy = (policies: Pap, name: string) => policies.put('endpoint', name, { document: allow() }, PUT);

  it.each<[string, (services: Services) => Promise<unknown>, StoreDocument]>([
    ['replaces what the import replaces', ({ policies }) => policy(policies, 'team-b'), changed],
    ['deletes what the import replaces', ({ policies }) => policies.delete('endpoint', 'team-b', PUT), changed],
    [
      'creates what the import creates',
      ({ policies }) => policy(policies, 'team-c'),
      { ...DOCUMENT, policies: [...DOCUMENT.policies!, { kind: 'endpoint', name: 'team-c', document: allow() }] },
    ],
    [
      'deletes what the import names',
      ({ policies }) => policies.delete('endpoint', 'team-b', PUT),
      { formatVersion: 1, endpoints: [{ endpointId: 'vpce-c', vpcId: 'vpc-1', policy: 'team-b' }] },
    ],
  ])('that %s makes it fail as a conflict, whole', async (_, write, document) => {
    await services.transfer.import(DOCUMENT, MERGE);
    const transfer = beaten(services, () => write(services));
    expect(await failure(transfer.import(document, MERGE))).toEqual({ code: 'conflict', errors: [] });
    expect(services.directory.revision).toBe(2);
  });

  it('that attaches a policy which the import removes makes it fail, too', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const attach = () => services.endpoints.put('vpce-new', { vpcId: 'vpc-1', policy: 'team-b' }, PUT);
    const transfer = beaten(services, attach);
    const without = { ...DOCUMENT, policies: DOCUMENT.policies!.filter(({ name }) => name !== 'team-b') };
    expect(await failure(transfer.import(without, PRUNE))).toEqual({ code: 'conflict', errors: [] });
  });

  it('elsewhere does not disturb it', async () => {
    await services.transfer.import(DOCUMENT, MERGE);
    const transfer = beaten(services, () => policy(services.policies, 'team-z'));
    expect(await transfer.import(changed, PRUNE)).toMatchObject({ revision: 3 });
    expect(services.directory.policy('endpoint', 'team-z')).toBeDefined();
  });
});

describe('a large store', () => {
  const POLICIES = 20_000;
  const large = (): StoreDocument => ({
    formatVersion: 1,
    policies: Array.from({ length: POLICIES }, (_, index) => ({
      kind: 'resource' as const,
      name: `api${String(index).padStart(6, '0')}`,
      document: allow(`arn:aws:execute-api:us-east-1:123412341234:api${index}/*`),
    })),
    endpoints: [{ endpointId: 'vpce-1', vpcId: 'vpc-1', policy: null }],
    apis: Array.from({ length: POLICIES }, (_, index) => ({
      apiId: `api${String(index).padStart(6, '0')}`,
      accountId: '123412341234',
      region: 'us-east-1',
      policy: `api${String(index).padStart(6, '0')}`,
    })),
  });

  it('goes in and out, lets decisions be made meanwhile, and comes out as it went in', {
    timeout: 120_000,
  }, async () => {
    const document = large();
    const turns = await turnsDuring(async () => {
      const { changes } = await services.transfer.import(document, MERGE);
      expect(changes).toHaveLength(2 * POLICIES + 1);
    });
    expect(turns).toBeGreaterThan(POLICIES / 50);

    const pieces: string[] = [];
    const turnsOfExport = await turnsDuring(async () => {
      for await (const piece of services.transfer.export().value) pieces.push(piece);
    });
    expect(turnsOfExport).toBeGreaterThan(POLICIES / 64);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(64 * 1024);
    const text = pieces.join('');
    expect(JSON.parse(text)).toEqual(document);

    const again = await services.transfer.import(JSON.parse(text), { ...FOR_REAL, prune: true });
    expect(again).toMatchObject({ changes: [], unchanged: 2 * POLICIES + 1 });
  });
});
