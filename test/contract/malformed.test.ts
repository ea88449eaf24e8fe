import type { Response } from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  allowAll,
  api,
  arn,
  call,
  endpoint,
  faults,
  faultsOf,
  type Postern,
  policy,
  problemOf,
  ready,
  statement,
} from './postern.js';

let served: Postern;
/** Exactly these bytes; supertest would write a Buffer as JSON. */
const send = (method: 'put' | 'post', path: string, bytes: string | Buffer, type = 'application/json') =>
  served.http[method](path)
    .set('Content-Type', type)
    .serialize((sent) => sent)
    .send(bytes);
const targets = [
  ['put', '/v1/policies/resource/p', { document: allowAll }],
  ['put', '/v1/endpoints/e', endpoint()],
  ['put', '/v1/apis/a', api()],
  ['post', '/v1/policies/resource/validate', { document: allowAll }],
  ['post', '/v1/decisions', call()],
  ['post', '/v1/decisions/batch', { requests: [call()] }],
  ['post', '/v1/simulations', { request: { principal: 'anonymous', resource: arn() } }],
] as const;

beforeAll(async () => {
  served = await ready();
});

describe.each(targets)('%s %s', (method, path, body) => {
  const text = JSON.stringify(body);

  it.each([
    ['nothing', ''],
    ['white space', '  '],
    ['a half', text.slice(0, -3)],
    ['two', `${text}${text}`],
    ['a comment', `/**/${text}`],
    ['a trailing comma', `${text.slice(0, -1)},}`],
    ['single quotes', text.replaceAll('"', "'")],
    ['NaN', '{"a":NaN}'],
    ['a control character in a string', '{"a":"\u0001"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"x"'],
    ['a number', '1'],
    ['true', 'true'],
  ])('refuses %s', async (_, sent) => {
    expect(faultsOf(await send(method, path, sent))).toEqual(faults(400, ''));
  });

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"description":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]);
    expect(faultsOf(await send(method, path, bytes))).toEqual(faults(400, ''));
  });

  it('refuses an unknown member, and __proto__ as one', async () => {
    for (const name of ['unknown', 'constructor', 'toString', '__proto__']) {
      const answer = await send(method, path, `{${JSON.stringify(name)}:{},${text.slice(1)}`);
      expect(faultsOf(answer), name).toEqual(faults(400, `/${name}`));
    }
  });

  it('refuses a key given twice', async () => {
    const name = Object.keys(body)[0]!;
    const answer = await send(method, path, `{${JSON.stringify(name)}:null,${text.slice(1)}`);
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
    expect(faultsOf(answer).pointers).toContain(`/${name}`);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/json',
    'application/problem+json',
    'application/xml',
  ])('refuses %s', async (type) => {
    const answer = await send(method, path, text, type);
    expect(problemOf(answer)).toMatchObject({ status: 415, type: 'application/problem+json' });
  });

  it('takes application/json with charset utf-8, in any case', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON']) {
      expect([200, 201], type).toContain((await send(method, path, text, type)).status);
    }
  });

  it('refuses more than 1 MiB with 413', async () => {
    const padded = (size: number) => text.slice(0, -1) + ' '.repeat(size - text.length) + text.slice(-1);
    expect([200, 201]).toContain((await send(method, path, padded(1024 * 1024))).status);
    const answer = await send(method, path, padded(1024 * 1024 + 1));
    expect(problemOf(answer)).toMatchObject({ status: 413, type: 'application/problem+json' });
  });

  it('refuses a depth of 33', async () => {
    const nested = `${'['.repeat(32)}${']'.repeat(32)}`;
    const answer = await send(method, path, `{"deep":${nested}}`);
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
  });
});

describe('nested members', () => {
  it('unknown ones are refused wherever they are, all at once', async () => {
    const batch = await served.post('/v1/decisions', { ...call(), a: 1, b: 2 });
    expect(faultsOf(batch)).toEqual(faults(400, '/a', '/b'));
    const simulated = await served.post('/v1/simulations', {
      request: { principal: 'anonymous', resource: arn(), endpoint: 'vpce-1' },
    });
    expect(faultsOf(simulated)).toEqual(faults(400, '/request/endpoint'));
    const method = { httpMethod: 'GET', path: '/', authorizationType: 'NONE' };
    const put = await served.put('/v1/apis/a', api({ methods: [method, { ...method, path: '/a', verb: 'GET' }] }));
    expect(faultsOf(put)).toEqual(faults(400, '/methods/1/verb'));
  });

  describe('more than a hundred', () => {
    const last = ({ status, body: { errors } }: Response) => [status, errors.length, errors.at(-1).code];
    const more = { Statement: Array.from({ length: 300 }, () => ({})) };
    const members = (count: number, name = 'm') =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, 0]));

    it('end with one that says that there are more', async () => {
      expect(last(await served.put('/v1/policies/endpoint/many', { document: more }))).toEqual([
        422,
        101,
        'more-errors',
      ]);
      const validated = await served.post('/v1/policies/endpoint/validate', { document: more });
      expect(last(validated)).toEqual([200, 101, 'more-errors']);
      expect(last(await served.post('/v1/decisions', { ...call(), ...members(101) }))).toEqual([
        400,
        101,
        'more-errors',
      ]);
      const drafts = {
        resourcePolicy: more,
        endpointPolicy: more,
        request: { principal: 'anonymous', resource: arn() },
      };
      const { body } = await served.post('/v1/simulations', drafts);
      expect(body.errors.filter(({ code }: { code: string }) => code === 'more-errors')).toHaveLength(1);
      expect(body.errors.at(-1).code).toBe('more-errors');
    });

    it('exactly a hundred are all there are', async () => {
      const { body } = await served.post('/v1/decisions', { ...call(), ...members(100) });
      expect(body.errors.map(({ code }: { code: string }) => code)).toEqual(Array(100).fill('unknown-member'));
    });

    it('too much text of them, too', async () => {
      const answer = await served.post('/v1/decisions', { ...call(), ...members(50, 'm'.repeat(5000)) });
      expect(answer.body.errors.length).toBeLessThan(30);
      expect(answer.body.errors.at(-1).code).toBe('more-errors');
    });

    it('members given twice, too, in the body and in a document', async () => {
      const twice = Array.from({ length: 101 }, (_, n) => `"m${n}":1,"m${n}":2`).join();
      expect(last(await send('post', '/v1/decisions', `{${twice}}`))).toEqual([400, 101, 'more-errors']);
      const validated = await send('post', '/v1/policies/resource/validate', `{"document":{${twice}}}`);
      expect(last(validated)).toEqual([200, 101, 'more-errors']);
      const long = 'm'.repeat(40_000);
      const few = Array.from({ length: 5 }, (_, n) => `"${long}${n}":1,"${long}${n}":2`).join();
      expect(last(await send('post', '/v1/decisions', `{${few}}`))).toEqual([400, 4, 'more-errors']);
    });

    it('characters that IAM does not take, too', async () => {
      const Action = Array.from({ length: 150 }, () => 'ü€');
      const document = { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
      const { body } = await served.put('/v1/policies/identity/p', { document });
      expect(body.errors.at(-1).code).toBe('more-errors');
    });

    it('an item of a batch has twenty', async () => {
      const { body } = await served.post('/v1/decisions/batch', { requests: [{ ...call(), ...members(21) }] });
      const [{ errors }] = body.decisions;
      expect([errors.length, errors.at(-1).code]).toEqual([21, 'more-errors']);
    });
  });

  it('unknown elements of a document are 422', async () => {
    const answer = await served.put('/v1/policies/resource/p', { document: { ...allowAll, 'a/b~c': 1 } });
    expect(faultsOf(answer)).toEqual(faults(422, '/document/a~1b~0c'));
  });

  it('a key twice deep in a document, where escapes spell the same name', async () => {
    const at = (inner: string) =>
      `{"document":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",${inner}}]}}`;
    const twice = await send('put', '/v1/policies/resource/p', at('"\\u0045ffect":"Allow"'));
    expect(faultsOf(twice)).toEqual(faults(400, '/document/Statement/0/Effect'));
    const condition = await send(
      'put',
      '/v1/policies/resource/p',
      at('"Condition":{"StringEquals":{"aws:SourceVpc":"a","aws:SourceVpc":"b"}}'),
    );
    expect(faultsOf(condition)).toEqual(faults(400, '/document/Statement/0/Condition/StringEquals/aws:SourceVpc'));
  });

  it('condition keys that differ only in case are a fault of the document', async () => {
    const Condition = { StringEquals: { 'aws:SourceVpc': 'a', 'AWS:sourcevpc': 'b' } };
    const answer = await served.put('/v1/policies/resource/p', { document: policy(statement({ Condition })) });
    expect(answer.status).toBe(422);
  });
});

describe('all faults at once', () => {
  it('of a request', async () => {
    const answer = await served.post('/v1/decisions', {
      action: 5,
      context: { x: 1 },
      unknown: 1,
      resource: 'nothing',
    });
    expect(answer.status).toBe(400);
    expect(faultsOf(answer).pointers).toEqual(expect.arrayContaining(['/action', '/unknown']));
    for (const error of answer.body.errors) {
      expect(error).toEqual({ pointer: expect.any(String), code: expect.any(String), detail: expect.any(String) });
    }
  });

  it('of a document', async () => {
    const document = policy(statement({ Effect: 'allow' }), statement({ Action: [] }), {
      Effect: 'Allow',
      Principal: '*',
    });
    const answer = await served.put('/v1/policies/endpoint/p', { document });
    expect(answer.status).toBe(422);
    expect(faultsOf(answer).pointers).toEqual(
      expect.arrayContaining(['/document/Statement/0/Effect', '/document/Statement/1/Action', '/document/Statement/2']),
    );
  });

  const wrongCall = { principal: 'nobody', action: 'Invoke', resource: 'r', context: { x: 'y' } };
  const its = ['/principal', '/action', '/resource', '/context/x'];
  const pair = { authorizerResult: 'Allow', authorizerPolicy: {} };
  it.each([
    ['/v1/decisions', { ...wrongCall, endpoint: 5, more: 1 }, [...its, '/endpoint', '/more']],
    ['/v1/decisions/explain', wrongCall, [...its, '']],
    ['/v1/decisions', { ...wrongCall, principal: 5, endpoint: 'vpce-1' }, its],
    [
      '/v1/decisions',
      { ...wrongCall, endpoint: 'vpce-1', context: { x: 'y', z: null }, more: 1 },
      ['/context/z', '/more', ...its.slice(0, 3)],
    ],
    ['/v1/decisions', { ...wrongCall, endpoint: 'vpce-1', ...pair }, [...its, '/authorizerPolicy']],
    [
      '/v1/decisions',
      { ...call(), context: { 'aws:CurrentTime': 'x' }, ...pair },
      ['/context/aws:CurrentTime', '/authorizerPolicy'],
    ],
    ['/v1/simulations', { request: wrongCall, scope: 'half' }, [...its.map((at) => `/request${at}`), '/scope']],
    [
      '/v1/simulations',
      { request: { ...wrongCall, 'a/b': 1 }, ...pair },
      [...its.map((at) => `/request${at}`), '/request/a~1b'],
    ],
    ['/v1/simulations', { request: wrongCall, ...pair }, [...its.map((at) => `/request${at}`), '/authorizerPolicy']],
    ['/v1/simulations', { request: 5, scope: 'half' }, ['/request', '/scope']],
  ])('of the members, and of what they say: %s %j', async (path, body, pointers) => {
    expect(faultsOf(await served.post(path, body))).toEqual(faults(400, ...pointers));
  });

  it('of an item, and of what it says', async () => {
    const { body } = await served.post('/v1/decisions/batch', { requests: [{ ...wrongCall, endpoint: 5 }] });
    const found = body.decisions[0].errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(found.sort()).toEqual([...its, '/endpoint'].sort());
  });

  it('of a record, and of what it says', async () => {
    const context = { 'aws:SourceVpce': 'x' };
    const wrong = await served.put('/v1/endpoints/e', { ...endpoint(), context, policy: 5 });
    expect(faultsOf(wrong)).toEqual(faults(400, '/context/aws:SourceVpce', '/policy'));
    const methods = [{ httpMethod: 'GET', path: 'pets', authorizationType: 'NONE' }];
    const other = await served.put('/v1/apis/a', { ...api(), context, methods, more: 1 });
    expect(faultsOf(other)).toEqual(faults(400, '/context/aws:SourceVpce', '/methods/0/path', '/more'));
  });

  it('of members that stand twice, and all others', async () => {
    const text = JSON.stringify({ ...wrongCall, endpoint: 'vpce-1', more: 1 });
    const answer = await send('post', '/v1/decisions', `{"endpoint":"vpce-2",${text.slice(1)}`);
    expect(faultsOf(answer)).toEqual(faults(400, ...its, '/endpoint', '/more'));
  });

  it('a malformed request is reported before the faults of its document', async () => {
    const answer = await served.put('/v1/policies/endpoint/p', { document: { Statement: 1 }, unknown: 1 });
    expect(faultsOf(answer)).toEqual(faults(400, '/unknown'));
    const simulated = await served.post('/v1/simulations', {
      endpointPolicy: { Statement: 1 },
      request: { principal: 'nobody', resource: arn() },
    });
    expect(faultsOf(simulated)).toEqual(faults(400, '/request/principal'));
    const decided = await served.post('/v1/decisions', { ...call(), identityPolicies: [{}], context: { x: 'y' } });
    expect(decided.status).toBe(400);
  });
});

describe('a problem', () => {
  it('is RFC 9457', async () => {
    const { body } = await served.http.get('/v1/endpoints/none');
    expect(body).toEqual({
      type: `urn:postern:problem:${body.code}`,
      title: expect.any(String),
      status: 404,
      detail: expect.any(String),
      code: 'not-found',
      errors: [],
    });
  });

  it('answers what is not there, and what is there with another method', async () => {
    expect(problemOf(await served.http.get('/v1/nothing'))).toMatchObject({
      status: 404,
      type: 'application/problem+json',
    });
    expect(problemOf(await served.http.get('/V1/endpoints')).status).toBe(404);
    const other = await served.http.patch('/v1/endpoints/e');
    expect([other.type, other.status]).toEqual(['application/problem+json', 405]);
    expect(other.headers.allow).toContain('PUT');
  });
});
