import { beforeAll, describe, expect, it } from 'vitest';
import { allowAll, identity, type Postern, policy, postern, statement } from './postern.js';

let served: Postern;
const validate = (kind: string, body: object) => served.post(`/v1/policies/${kind}/validate`, body);
const pointersOf = (errors: { pointer: string }[]) => errors.map(({ pointer }) => pointer).sort();

beforeAll(async () => {
  served = await postern();
});

describe('POST /v1/policies/{kind}/validate', () => {
  it('says that a document is valid, with its findings, and stores nothing', async () => {
    const before = (await served.http.get('/v1/policies/endpoint')).headers['postern-revision'];
    const answer = await validate('endpoint', { document: allowAll });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ valid: true, errors: [], findings: expect.any(Array) });
    const after = await served.http.get('/v1/policies/endpoint');
    expect([after.headers['postern-revision'], after.body.items]).toEqual([before, []]);
  });

  it('gives the findings that a PUT gives', async () => {
    const document = policy(statement({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-*' } } }));
    const { body } = await validate('resource', { document });
    const put = await served.put('/v1/policies/resource/x', { document });
    expect(body.findings.length).toBeGreaterThan(0);
    expect(put.body.findings).toEqual(body.findings);
  });

  it('gives all errors, with pointers relative to the document', async () => {
    const document = policy(statement({ Effect: 'allow' }), statement({ Action: [] }));
    const { status, body } = await validate('resource', { document });
    expect([status, body.valid]).toEqual([200, false]);
    expect(pointersOf(body.errors)).toEqual(['/Statement/0/Effect', '/Statement/1/Action']);
    for (const error of body.errors) {
      expect(error).toEqual({ pointer: expect.any(String), code: expect.any(String), detail: expect.any(String) });
    }
  });

  it('judges by kind', async () => {
    expect((await validate('identity', { document: allowAll })).body.valid).toBe(false);
    expect((await validate('identity', { document: identity.allow })).body.valid).toBe(true);
    expect((await validate('endpoint', { document: identity.allow })).body.valid).toBe(false);
    const short = policy(statement({ Resource: 'execute-api:/*' }));
    expect((await validate('resource', { document: short })).body.valid).toBe(true);
    expect((await validate('endpoint', { document: short })).body.valid).toBe(false);
  });

  it.each([null, [], 'x', 1, true, {}])('%j as a document is invalid, not malformed', async (document) => {
    const { status, body } = await served.http
      .post('/v1/policies/endpoint/validate')
      .type('json')
      .send(JSON.stringify({ document }));
    expect([status, body.valid, pointersOf(body.errors)]).toEqual([200, false, ['']]);
  });

  it('a key twice inside the document is one of its errors', async () => {
    const text =
      '{"document":{"Statement":{"Effect":"Deny","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}}';
    const { status, body } = await served.http.post('/v1/policies/resource/validate').type('json').send(text);
    expect([status, body.valid, pointersOf(body.errors)]).toEqual([200, false, ['/Statement/Effect']]);
    // Advice is for valid documents, and of this one only a half would be judged.
    expect(body.findings).toEqual([]);
  });

  it('a key twice outside the document is malformed', async () => {
    const text = `{"document":{},"document":${JSON.stringify(allowAll)}}`;
    expect((await served.http.post('/v1/policies/endpoint/validate').type('json').send(text)).status).toBe(400);
  });

  it('the document must be there', async () => {
    expect((await validate('endpoint', {})).status).toBe(400);
    expect((await validate('nothing', { document: allowAll })).status).toBe(400);
  });
});

describe('what a write refuses', () => {
  it.each([
    ['wrong Version', { Version: '2012-10-18', Statement: [] }],
    ['Version as a number', { Version: 2012, Statement: statement() }],
    ['no Statement', { Version: '2012-10-17' }],
    ['an empty Statement list', { Version: '2012-10-17', Statement: [] }],
    ['an unknown element', { Statement: { ...statement(), Efect: 'Deny' } }],
    ['Effect in lower case', { Statement: statement({ Effect: 'allow' }) }],
    ['Action and NotAction', { Statement: statement({ NotAction: 'a:b' }) }],
    ['an empty Resource', { Statement: statement({ Resource: [] }) }],
    ['an empty Principal', { Statement: statement({ Principal: {} }) }],
    ['a bare Principal', { Statement: statement({ Principal: '123412341234' }) }],
    ['an unknown principal type', { Statement: statement({ Principal: { Aws: '*' } }) }],
    ['a star in a principal', { Statement: statement({ Principal: { AWS: 'arn:aws:iam::123412341234:user/*' } }) }],
    ['every Service', { Statement: statement({ Principal: { Service: '*' } }) }],
    ['NotPrincipal with Allow', { Statement: { Effect: 'Allow', NotPrincipal: '*', Action: '*', Resource: '*' } }],
    ['an unknown operator', { Statement: statement({ Condition: { StringMatches: { 'a:b': 'c' } } }) }],
    ['NullIfExists', { Statement: statement({ Condition: { NullIfExists: { 'a:b': 'true' } } }) }],
    ['a key without prefix', { Statement: statement({ Condition: { StringEquals: { SourceVpc: 'c' } } }) }],
    ['a wrong date', { Statement: statement({ Condition: { DateEquals: { 'aws:CurrentTime': 'x' } } }) }],
    ['a wrong address', { Statement: statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } }) }],
    ['a wrong number', { Statement: statement({ Condition: { NumericEquals: { 'a:b': 'x' } } }) }],
    ['a wrong Boolean', { Statement: statement({ Condition: { Bool: { 'aws:SecureTransport': 'yes' } } }) }],
    ['an open variable', policy(statement({ Resource: `${'arn:aws:execute-api:*:*:*/'}\${aws:username` }))],
    ['a variable in Action', policy(statement({ Action: 'execute-api:${aws:username}' }))],
    ['an empty value list', { Statement: statement({ Condition: { StringEquals: { 'a:b': [] } } }) }],
    ['a multi-valued key alone', { Statement: statement({ Condition: { StringEquals: { 'aws:TagKeys': 'a' } } }) }],
    ['a Resource of three fields', { Statement: statement({ Resource: 'arn:aws:execute-api' }) }],
  ])('%s', async (_, document) => {
    const { status, body } = await validate('endpoint', { document });
    expect([status, body.valid]).toEqual([200, false]);
    const put = await served.put('/v1/policies/endpoint/never', { document });
    expect([put.status, put.body.errors.length]).toEqual([422, body.errors.length]);
    expect(put.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      body.errors.map(({ pointer }: { pointer: string }) => `/document${pointer}`),
    );
  });

  it.each([
    ['Condition {}', { Statement: statement({ Condition: {} }) }],
    ['an empty operator', { Statement: statement({ Condition: { StringEquals: {} } }) }],
    ['AIDA', { Statement: statement({ Principal: { AWS: 'AIDAEXAMPLEEXAMPLE123' } }) }],
    ['no Version', { Statement: statement() }],
    ['Id', { Id: 'x', Statement: [statement()] }],
    [
      'numbers and Booleans',
      { Statement: statement({ Condition: { NumericLessThan: { 'a:b': 5 }, Bool: { 'a:c': true } } }) },
    ],
    ['a short Resource that ends in *', { Statement: statement({ Resource: 'arn:aws:execute-api:us-east-1:*' }) }],
    ['*:*', { Statement: statement({ Action: '*:*' }) }],
  ])('but not %s', async (_, document) => {
    expect((await validate('endpoint', { document })).body).toMatchObject({ valid: true, errors: [] });
  });
});
