import { beforeEach, describe, expect, it } from 'vitest';
import { allowAll, denyAll, type Postern, policy, postern, problemOf, statement, stored } from './postern.js';

const PATH = '/v1/policies/resource/orders';
let served: Postern;

const put = async (document: object, description?: string) =>
  (await stored(served, 'policies/resource/orders', { document, ...(description && { description }) })).body;
const diff = (version: number | string, query = '') => served.http.get(`${PATH}/versions/${version}/diff${query}`);

beforeEach(async () => {
  served = await postern();
});

describe('the diff of a version', () => {
  it('tells what it has changed since the one before, who wrote both, and when', async () => {
    const open = statement({ Sid: 'Open', Resource: 'execute-api:/*' });
    const onlyVpc = (...vpcs: string[]) =>
      statement({
        Sid: 'OnlyOurVpc',
        Effect: 'Deny',
        Condition: { StringNotEquals: { 'aws:SourceVpc': vpcs } },
      });
    await put(policy(open, onlyVpc('vpc-1a2b3c4d')), 'ours');
    await put(policy(onlyVpc('vpc-1a2b3c4d', 'vpc-5e6f7a8b'), statement({ Sid: 'More' })), 'and theirs');

    const { status, headers, body } = await diff(2);
    expect([status, headers['postern-revision']]).toEqual([200, '2']);
    const listed = (await served.http.get(`${PATH}/versions`)).body.items;
    expect(body).toEqual({
      before: listed[1],
      after: listed[0],
      sameMeaning: false,
      elements: [],
      statements: [
        {
          change: 'removed',
          sameMeaning: false,
          before: { pointer: '/Statement/0', statement: open },
          after: null,
          elements: [],
        },
        {
          change: 'changed',
          sameMeaning: false,
          before: { pointer: '/Statement/1', statement: onlyVpc('vpc-1a2b3c4d') },
          after: { pointer: '/Statement/0', statement: onlyVpc('vpc-1a2b3c4d', 'vpc-5e6f7a8b') },
          elements: [
            {
              pointer: '/Condition/StringNotEquals/aws:SourceVpc',
              sameMeaning: false,
              before: ['vpc-1a2b3c4d'],
              after: ['vpc-1a2b3c4d', 'vpc-5e6f7a8b'],
              added: ['vpc-5e6f7a8b'],
              removed: [],
            },
          ],
        },
        {
          change: 'added',
          sameMeaning: false,
          before: null,
          after: { pointer: '/Statement/1', statement: statement({ Sid: 'More' }) },
          elements: [],
        },
      ],
    });
    expect(body.before).toMatchObject({ version: 1, description: 'ours', by: null });
    expect(body.after).toMatchObject({ version: 2, description: 'and theirs', createdAt: expect.any(String) });
  });

  it('of the first begins from nothing', async () => {
    await put(allowAll);
    expect((await diff(1)).body).toMatchObject({
      before: null,
      after: { version: 1 },
      statements: [{ change: 'added', after: { pointer: '/Statement/0', statement: allowAll.Statement[0] } }],
    });
  });

  it('begins from another version when asked to, also from a later one', async () => {
    await put(allowAll);
    await put(denyAll);
    await put(allowAll, 'again');
    expect((await diff(3, '?with=1')).body).toMatchObject({
      before: { version: 1 },
      after: { version: 3, description: 'again' },
      sameMeaning: true,
      statements: [],
    });
    expect((await diff(1, '?with=2')).body).toMatchObject({
      before: { version: 2 },
      after: { version: 1 },
      statements: [{ change: 'changed', elements: [{ pointer: '/Effect', before: 'Deny', after: 'Allow' }] }],
    });
    expect((await diff(2, '?with=2')).body).toMatchObject({ sameMeaning: true, statements: [] });
  });

  it('says when only the writing has changed', async () => {
    await put(policy(statement({ Action: ['execute-api:Invoke'] })));
    await put({ Version: '2012-10-17', Statement: statement({ Action: 'execute-api:invoke' }) });
    expect((await diff(2)).body).toMatchObject({
      sameMeaning: true,
      statements: [
        {
          change: 'changed',
          sameMeaning: true,
          before: { pointer: '/Statement/0' },
          after: { pointer: '/Statement' },
          elements: [{ pointer: '/Action', before: ['execute-api:Invoke'], after: 'execute-api:invoke', added: [] }],
        },
      ],
    });
  });

  it('of a version that there is not is 404, on either side', async () => {
    await put(allowAll);
    expect(problemOf(await diff(2))).toMatchObject({ status: 404, code: 'not-found' });
    expect(problemOf(await diff(1, '?with=2'))).toMatchObject({ status: 404, code: 'not-found' });
    expect((await served.http.get('/v1/policies/resource/none/versions/1/diff')).status).toBe(404);
  });

  it.each(['with=0', 'with=-1', 'with=x', 'with=1&with=2', 'from=1'])('with %s is malformed', async (query) => {
    await put(allowAll);
    expect(problemOf(await diff(1, `?${query}`))).toMatchObject({ status: 400, code: 'malformed-request' });
  });
});
