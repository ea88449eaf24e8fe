import { beforeAll, describe, expect, it } from 'vitest';
import { api, arn, call, type Postern, ready, stored, verdict } from './postern.js';

// What was matched shows in how it authorizes: an anonymous call of AWS_IAM is NOT_AUTHENTICATED, of CUSTOM without a
// result too, so each entry is told apart by the type it has: NONE allows, CUSTOM takes "Deny", COGNITO takes nothing.
type Authorization = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
const entry = (httpMethod: string, path: string, authorizationType: Authorization, stage?: string) => ({
  httpMethod,
  path,
  authorizationType,
  ...(stage === undefined ? {} : { stage }),
});
let served: Postern;

beforeAll(async () => {
  served = await ready();
});

/** The type of the method that a call reaches. */
async function reached(methods: readonly object[], tail: string): Promise<string> {
  await stored(served, 'apis/a1b2c3d4e5', api({ policy: 'open', authorizationType: 'AWS_IAM', methods }));
  const ask = async (changed: object) =>
    verdict(await served.post('/v1/decisions', call({ principal: 'anonymous', resource: arn(tail), ...changed })));
  const plain = await ask({});
  if (plain !== 'Deny NOT_AUTHENTICATED authorizer') return plain === 'Allow ALLOWED null' ? 'NONE' : plain;
  if ((await ask({ authorizerResult: 'Allow' })) === 'Allow ALLOWED null') return 'CUSTOM';
  return (await ask({ authorizerResult: 'Authenticated' })) === 'Allow ALLOWED null' ? 'COGNITO_USER_POOLS' : 'AWS_IAM';
}
const UNKNOWN = 'Deny UNKNOWN_METHOD null';

describe('a stage', () => {
  const methods = [entry('GET', '/a', 'NONE'), entry('GET', '/a', 'CUSTOM', 'prod'), entry('GET', '/b', 'NONE')];

  it('has the entries of its exact name, if there are any', async () => {
    expect(await reached(methods, 'prod/GET/a')).toBe('CUSTOM');
    expect(await reached(methods, 'prod/GET/b')).toBe(UNKNOWN);
  });

  it('has those of * otherwise', async () => {
    expect(await reached(methods, 'test/GET/a')).toBe('NONE');
    expect(await reached(methods, 'Prod/GET/b')).toBe('NONE');
  });
});

describe('a path', () => {
  const methods = [
    entry('GET', '/', 'NONE'),
    entry('GET', '/a/b', 'NONE'),
    entry('GET', '/a/{x}', 'CUSTOM'),
    entry('GET', '/a/{x+}', 'COGNITO_USER_POOLS'),
    entry('GET', '/{p}/b/c', 'CUSTOM'),
    entry('GET', '/{proxy+}', 'AWS_IAM'),
  ];

  it.each([
    ['', 'NONE'],
    ['a/b', 'NONE'],
    ['a/c', 'CUSTOM'],
    ['a/{x}', 'CUSTOM'],
    ['a/*', 'CUSTOM'],
    ['a/b/c', 'COGNITO_USER_POOLS'],
    ['a/c/d/e', 'COGNITO_USER_POOLS'],
    ['x/b/c', 'CUSTOM'],
    ['a', 'AWS_IAM'],
    ['x', 'AWS_IAM'],
    ['x/b', 'AWS_IAM'],
    ['x/b/d', 'AWS_IAM'],
    ['A/b', 'AWS_IAM'],
    ['a/', UNKNOWN],
    ['a//b', UNKNOWN],
    ['/a', UNKNOWN],
    ['a/./b', UNKNOWN],
    ['a/../b', UNKNOWN],
    ['.', UNKNOWN],
    ['..', UNKNOWN],
    ['a/b/', UNKNOWN],
    ['/', UNKNOWN],
    ['a/...', 'CUSTOM'],
    ['a/%2e%2e', 'CUSTOM'],
  ])('"%s" is %s', async (path, expected) => {
    expect(await reached(methods, `prod/GET/${path}`)).toBe(expected);
  });

  it('is decided by the first segment that differs, not by the last', async () => {
    const two = [entry('GET', '/{a}/b', 'CUSTOM'), entry('GET', '/a/{b}', 'NONE')];
    expect(await reached(two, 'prod/GET/a/b')).toBe('NONE');
    expect(await reached(two, 'prod/GET/x/b')).toBe('CUSTOM');
    expect(await reached(two, 'prod/GET/x/y')).toBe(UNKNOWN);
  });

  it('goes back to a wider template when the narrower does not match the whole path', async () => {
    const two = [entry('GET', '/a/b', 'CUSTOM'), entry('GET', '/{x}/{y}/c', 'NONE')];
    expect(await reached(two, 'prod/GET/a/b/c')).toBe('NONE');
  });

  it('in whatever order the entries are', async () => {
    expect(await reached([...methods].reverse(), 'prod/GET/a/b')).toBe('NONE');
    expect(await reached([...methods].reverse(), 'prod/GET/a/b/c')).toBe('COGNITO_USER_POOLS');
  });

  it('a proxy takes one or more segments, never none', async () => {
    const proxy = [entry('GET', '/a/{x+}', 'NONE')];
    expect(await reached(proxy, 'prod/GET/a')).toBe(UNKNOWN);
    expect(await reached(proxy, 'prod/GET/a/1')).toBe('NONE');
    expect(await reached(proxy, 'prod/GET/a/1/2/3')).toBe('NONE');
    expect(await reached([entry('GET', '/{proxy+}', 'NONE')], 'prod/GET/')).toBe(UNKNOWN);
  });
});

describe('a verb', () => {
  const methods = [
    entry('GET', '/a', 'NONE'),
    entry('ANY', '/a', 'CUSTOM'),
    entry('POST', '/b', 'NONE'),
    entry('ANY', '/{x}', 'COGNITO_USER_POOLS'),
    entry('ANY', '/{x+}', 'NONE'),
  ];

  it('is matched exactly before ANY', async () => {
    expect(await reached(methods, 'prod/GET/a')).toBe('NONE');
    expect(await reached(methods, 'prod/DELETE/a')).toBe('CUSTOM');
    expect(await reached(methods, 'prod/OPTIONS/a')).toBe('CUSTOM');
  });

  it('that its path lacks does not fall back to a wider path', async () => {
    expect(await reached(methods, 'prod/GET/b')).toBe(UNKNOWN);
    expect(await reached(methods, 'prod/POST/b')).toBe('NONE');
    expect(await reached(methods, 'prod/GET/c')).toBe('COGNITO_USER_POOLS');
  });
});

describe('methods', () => {
  it('none at all: the type of the API; an empty list: every method is unknown', async () => {
    expect(await reached([], 'prod/GET/a')).toBe(UNKNOWN);
    await stored(served, 'apis/a1b2c3d4e5', api({ policy: 'open', authorizationType: 'CUSTOM' }));
    const ask = call({ principal: 'anonymous', resource: arn('prod/GET//a/..'), authorizerResult: 'Allow' });
    expect(verdict(await served.post('/v1/decisions', ask))).toBe('Allow ALLOWED null');
  });

  it('the type of the API does not count beside them', async () => {
    await stored(
      served,
      'apis/a1b2c3d4e5',
      api({ policy: 'open', authorizationType: 'CUSTOM', methods: [entry('GET', '/a', 'NONE')] }),
    );
    const ask = call({ principal: 'anonymous', resource: arn('prod/GET/a') });
    expect(verdict(await served.post('/v1/decisions', ask))).toBe('Allow ALLOWED null');
  });
});
