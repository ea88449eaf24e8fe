import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArn, parseMethodArn, splitArn } from '../../src/policy/arn.js';
import { ACCOUNT, API, ask, matches, only } from './ask.js';

const covers = (pattern: string, resource: string): boolean => matches({ Resource: pattern }, { resource });
const REGION = 'arn:aws:execute-api:us-east-1';

describe('a Resource entry', () => {
  it.each([
    ['*', `${API}/prod/GET/pets`, true],
    ['*:*', `${API}/prod/GET/pets`, true],
    [`${API}/prod/GET/pets`, `${API}/prod/GET/pets`, true],
    [`${API}/prod/GET/pets`, `${API}/prod/GET/pets/7`, false],
    [`${API}/prod/GET/pets`, `${API}/prod/GET/Pets`, false],
    [`${API}/prod/GET/pets`, `${API}/prod/GET/pets/`, false],
    [`${API}/prod/get/pets`, `${API}/prod/GET/pets`, false],
    [`${API}/*`, `${API}/`, true],
    [`${API}/*`, `${API}x/prod/GET/`, false],
    [`${API}*`, `${API}x/prod/GET/`, true],
    [`${API}/`, `${API}/prod/GET/`, false],
    [`${API}/*/GET/pets`, `${API}/prod/POST/x/GET/pets`, true],
    [`${API}/*/GET/pets`, `${API}/GET/pets`, false],
    [`${API}/prod?GET/pets`, `${API}/prod/GET/pets`, true],
    [`${API}/prod/GET/a?b`, `${API}/prod/GET/a:b`, true],
    [`${API}/prod/GET/a*b`, `${API}/prod/GET/a:x:/b`, true],
    [`${API}/prod/GET/?`, `${API}/prod/GET/😀`, true],
    [`${API}/prod/GET/%20`, `${API}/prod/GET/ `, false],
    [`${API}/prod/GET/x`, `${API}/prod/GET//x`, false],
    [`${API}/prod/GET/\\*`, `${API}/prod/GET/x`, false],
    // Wildcards in the request are characters.
    [`${API}/prod/GET/pets`, `${API}/*`, false],
    [`${API}/prod/GET/*`, `${API}/prod/GET/*`, true],
    // The first five fields: a wildcard stays in its field, but for a star that ends it (reading U21).
    ['arn:aws:execute-api:*:*:*', `${API}/prod/GET/pets`, true],
    ['arn:*:execute-api:us-*-1:*:*/prod/*', `${API}/prod/GET/pets`, true],
    ['arn:aws:execute-api:us-*', `${API}/prod/GET/pets`, true],
    ['arn:aws:execute-api:us-*:a1b2c3d4e5/*', `${API}/prod/GET/pets`, true],
    [`arn:aws:execute-api:*-1:${ACCOUNT}:*`, `${API}/prod/GET/pets`, true],
    ['arn:aws:execute-api:u*1:a1b2c3d4e5/*', `${API}/prod/GET/pets`, false],
    [`arn:aws:execute-api:u*${ACCOUNT}:a1b2c3d4e5/*:x`, `${API}/prod/GET/:x`, false],
    [`arn:aws:execute-api:us-east-1?${ACCOUNT}:a1b2c3d4e5/*:*`, `${API}/prod/GET/a:b`, false],
    ['arn:aws:execute-api:us-east-?:????????????:*', `${API}/prod/GET/pets`, true],
    ['arn:aws:execute-api:us-east-?:???????????:*', `${API}/prod/GET/pets`, false],
    ['arn:aws-*:execute-api:*:*:*', 'arn:aws-cn:execute-api:cn-north-1:1:x/y', true],
    // Fewer than six fields, ending in a star (reading U22).
    [`${REGION}:*`, `${API}/prod/GET/pets`, true],
    [`${REGION}:1234*`, `${API}/prod/GET/pets`, true],
    [`${REGION}:9*`, `${API}/prod/GET/pets`, false],
    ['arn:aws:execute-api:*', `${API}/prod/GET/pets`, true],
    ['arn:*', `${API}/prod/GET/pets`, true],
    ['arn:aws:s3:*', `${API}/prod/GET/pets`, false],
    // WebSocket routes and private custom domains.
    [`${API}/prod/$connect`, `${API}/prod/$connect`, true],
    [`${API}/prod/POST/@connections/*`, `${API}/prod/POST/@connections/abc=`, true],
    [`${REGION}:${ACCOUNT}:/domainnames/*`, `${REGION}:${ACCOUNT}:/domainnames/a.b+c`, true],
  ])('%s for %s: %s', (pattern, resource, expected) => {
    expect(covers(pattern, resource)).toBe(expected);
    expect(matches({ Resource: [`${REGION}:000000000000:no/*`, pattern] }, { resource })).toBe(expected);
    expect(matches({ Resource: undefined, NotResource: pattern }, { resource })).toBe(!expected);
  });
});

describe('the short form means that tail of the API being called', () => {
  it.each([
    ['execute-api:/*', `${API}/prod/GET/pets`, true],
    ['execute-api:/*', 'arn:aws-cn:execute-api:cn-north-1:999988887777:z9/x/y/', true],
    ['execute-api:/*', `${REGION}:${ACCOUNT}:/domainnames/a.b+c`, true],
    ['execute-api:/*', 'arn:aws:s3:::bucket/key', false],
    ['execute-api:/prod/GET/pets', `${API}/prod/GET/pets`, true],
    ['execute-api:/prod/GET/pets', `${REGION}:999988887777:other/prod/GET/pets`, true],
    ['execute-api:/prod/GET/pets', `${API}/x/prod/GET/pets`, false],
    ['execute-api:/prod/GET/pets', `${API}/prod/GET/pets/7`, false],
    ['execute-api:/prod/*/pets', `${API}/prod/GET/a/pets`, true],
    ['execute-api:/?rod/GET/*', `${API}/prod/GET/`, true],
    ['execute-api:/a1b2c3d4e5/*', `${API}/prod/GET/`, false],
    ['execute-api:/*/GET/', `${API}/prod/GET/`, true],
    ['execute-api:/prod/GET/a:b', `${API}/prod/GET/a:b`, true],
    ['execute-api:/prod/GET/${aws:username}', `${API}/prod/GET/alice`, true],
  ])('%s for %s: %s', (pattern, resource, expected) => {
    const context = { 'aws:username': 'alice' };
    expect(matches({ Resource: pattern }, { resource, context })).toBe(expected);
    expect(matches({ Resource: undefined, NotResource: pattern }, { resource, context })).toBe(!expected);
  });

  it('only in resource policies', () => {
    for (const kind of ['endpoint', 'identity'] as const) {
      expect(() => ask(kind, only({ Resource: 'execute-api:/*' }), {})).toThrow('short-form');
    }
  });
});

describe('an ARN', () => {
  it('has six parts, the last with its colons', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[^:]*$/), { maxLength: 9 }), (fields) => {
        const text = ['arn', ...fields].join(':');
        const parts = text.split(':');
        const expected = parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
        expect(splitArn(text)).toEqual(expected);
        const arn = parseArn(text);
        expect(arn && ['arn', arn.partition, arn.service, arn.region, arn.account, arn.resource]).toEqual(expected);
        expect(parseArn(`x${text}`)).toBeUndefined();
      }),
    );
  });
});

describe('the ARN of a method', () => {
  it.each([
    ...[
      `${API}/prod/GET/`,
      `${API}/prod/GET/pets`,
      `${API}/my-stage_1/DELETE/a/b`,
      `${API}/prod/OPTIONS/`,
      `${API}/prod/PATCH/*`,
    ],
    ...[
      `${API}/prod/GET/a:b?c*\${x}`,
      `${API}/prod/HEAD//x/../y%20`,
      'arn:aws-us-gov:execute-api:us-gov-west-1:123412341234:x/s/POST/é',
    ],
    ...[
      `arn:aws:execute-api:local:${ACCOUNT}:x/org.example/can read/`,
      `arn:aws:execute-api:local:${ACCOUNT}:x/record/get/a/b`,
      `${REGION}:${ACCOUNT}:/domainnames/a+b`,
      `${REGION}:${ACCOUNT}:/domainnames/${'a.'.repeat(126)}a+b`,
    ],
  ])('%s', (text) => {
    expect(parseMethodArn(text)).toMatchObject({ ok: true, value: { text } });
  });

  it.each([
    ...[
      '',
      '*',
      'arn:aws:execute-api',
      API,
      `${API}/`,
      `${API}/prod`,
      `${API}/prod/GET`,
      `${API}//GET/`,
      `${API}/prod//pets`,
    ],
    ...[
      `${API}/prod/get/pets`,
      `${API}/prod/Get/pets`,
      `${API}/prod/ANY/pets`,
      `${API}/prod/*/pets`,
      `${API}/*/GET/pets`,
    ],
    ...[
      `${API}/prod/FETCH/pets`,
      `${API}/prod/GET /pets`,
      `${API}/$default/GET/`,
      `${API}/pr od/GET/`,
      `${REGION}:${ACCOUNT}:/domainnames/a`,
      `${REGION}:${ACCOUNT}:/domainnames/A+b`,
      `${REGION}:${ACCOUNT}:/domainnames/a+b+c`,
      `${REGION}:${ACCOUNT}:/domainnames/${'a.'.repeat(127)}a+b`,
      `arn:aws:apigateway:us-east-1:${ACCOUNT}:/domainnames/a+b`,
      `arn:aws:execute-api:local:${ACCOUNT}:/domainnames/a+b`,
    ],
    ...[
      `${REGION}:12341234123:x/s/GET/`,
      `${REGION}::x/s/GET/`,
      `${REGION}:*:x/s/GET/`,
      `arn:aws:execute-api::${ACCOUNT}:x/s/GET/`,
    ],
    ...[
      `arn:aws:execute-api:*:${ACCOUNT}:x/s/GET/`,
      `arn:gcp:execute-api:eu:${ACCOUNT}:x/s/GET/`,
      `arn:aws:s3:us-east-1:${ACCOUNT}:x/s/GET/`,
    ],
    ...['x', 'x/s', 'x/s/v', 'x//v/', 'x/s//', '/s/v/', 'x.y/s/v/', `${'x'.repeat(65)}/s/v/`].map(
      (resource) => `arn:aws:execute-api:local:${ACCOUNT}:${resource}`,
    ),
    ...[`${API.toUpperCase()}/prod/GET/`, ` ${API}/prod/GET/`, `${API}/prod/$connect`],
  ])('%j is none', (text) => {
    expect(parseMethodArn(text)).toMatchObject({ ok: false, fault: { code: 'malformed-arn' } });
  });
});
