import { describe, expect, it } from 'vitest';
import type { PolicyKind } from '../../src/policy/document.js';
import { lintPolicy } from '../../src/policy/lint.js';
import { ACCOUNT, API, parsed } from './ask.js';
import { allow } from './lint-cases.js';

describe('a resource matches no method', () => {
  const of = (Resource: unknown, kind: PolicyKind = 'endpoint') =>
    lintPolicy(
      kind,
      parsed(kind, {
        Statement: { Effect: 'Allow', ...(kind === 'identity' ? {} : { Principal: '*' }), Action: '*', Resource },
      }),
    ).filter(({ code }) => code === 'resource-matches-no-method').length;

  it.each([
    `${API}`,
    `${API}/`,
    `${API}/prod`,
    `${API}/prod/GET`,
    `${API}/prod/ANY/*`,
    `${API}/prod/get/pets`,
    `${API}/prod/get*`,
    `${API}/*/GET/pets`.replace('a1b2c3d4e5', 'my-api'),
    `arn:aws:execute-api::${ACCOUNT}:a1b2c3d4e5/*`,
    'arn:aws:execute-api:us-east-1::a1b2c3d4e5/*',
    'arn:amazon:execute-api:*:*:*',
    'arn:aws:execute-api:local:000000000000:my-api/record/read/*',
    'arn:aws:execute-api:local:000000000000:authzen/',
  ])('%s', (text) => {
    expect(of(text)).toBe(1);
  });

  it.each([
    '*',
    `${API}/*`,
    `${API}/prod/GET/`,
    `${API}/prod/P*/pets`,
    `${API}/*/ANY/*`,
    `${API}/prod/?ET/pets`,
    `${API}*`,
    'arn:aws:execute-api:us-east-1:*',
    'arn:aws-us-gov:execute-api:*:*:*/GET/pets',
    'arn:aws:execute-api:local:000000000000:authzen/record/read/*',
    'arn:aws:execute-api:local:000000000000:authzen/org.example/can read/*',
    `arn:aws:execute-api:us-east-1:${ACCOUNT}:/domainnames/private.example.com+abcd1234`,
  ])('not %s', (text) => {
    expect(of(text)).toBe(0);
  });

  it('also in short, and with a variable where it may stand', () => {
    expect([of('execute-api:/prod/ANY/*', 'resource'), of('execute-api:/prod', 'resource')]).toEqual([1, 1]);
    expect([of('execute-api:/prod/GET/', 'resource'), of('execute-api:/*', 'resource')]).toEqual([0, 0]);
    const document = parsed('endpoint', {
      Version: '2012-10-17',
      Statement: { ...allow(), Resource: `${API}/prod/\${acme:verb}` },
    });
    expect(lintPolicy('endpoint', document)).toEqual([]);
  });

  it('but an identity policy may be about WebSocket APIs, and other services', () => {
    expect(of([`${API}/prod/$connect`, `${API}/prod/POST/@connections/*`, 'arn:aws:s3:::bucket/'], 'identity')).toBe(0);
    expect(of(`${API}/`, 'identity')).toBe(1);
  });
});
