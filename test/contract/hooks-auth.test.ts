import { expect, it } from 'vitest';
import { alice, read, record1 } from '../authzen/fixture.js';
import { allowAll, type Postern, postern } from './postern.js';

const BOOTSTRAP = 'b'.repeat(40);
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

/** A Postern that authenticates, and a key of each role. */
async function guarded(settings: Readonly<Record<string, string>> = {}) {
  const served = await postern({ POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP, ...settings });
  const put = async (path: string, body: object): Promise<{ key: string }> => {
    const { status, body: answer } = await served.http.put(`/v1/${path}`).set(bearer(BOOTSTRAP)).send(body);
    expect(status).toBe(201);
    return answer;
  };
  await put('policies/resource/open', { document: allowAll });
  await put('endpoints/vpce-1a2b3c4d', { vpcId: 'vpc-1a2b3c4d', policy: null });
  await put('apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' });
  const { key: decide } = await put('keys/gateway', { roles: ['decide'] });
  const { key: reader } = await put('keys/reader', { roles: ['read'] });
  return { served, decide, reader };
}

const asked = {
  'X-Original-Method': 'GET',
  'X-Original-URI': '/prod/pets',
  'X-Postern-Api': 'a1b2c3d4e5',
  'X-Postern-Endpoint': 'vpce-1a2b3c4d',
};
const hook = async ({ http }: Postern, headers: object) => {
  const { status, type, headers: told } = await http.get('/forward-auth').set({ ...asked, ...headers });
  return { status, type: type || null, challenged: 'www-authenticate' in told };
};

it('at a hook the gateway proves itself by X-Postern-Key, and by nothing that is its client\u2019s', async () => {
  const { served, decide, reader } = await guarded();
  const yes = { status: 200, type: null, challenged: false };
  const unknown = { status: 401, type: 'application/json', challenged: true };
  expect(await hook(served, { 'X-Postern-Key': decide })).toEqual(yes);
  expect(await hook(served, { 'X-Postern-Key': decide, ...bearer('of the client') })).toEqual(yes);
  expect(await hook(served, { 'X-Postern-Key': decide, Authorization: 'AWS4-HMAC-SHA256 Credential=x' })).toEqual(yes);
  expect(await hook(served, {})).toEqual(unknown);
  expect(await hook(served, bearer(decide))).toEqual(unknown);
  for (const path of ['/forward-auth', '/ext-authz/prod/pets']) {
    const { body, headers } = await served.http.get(path).set({ ...asked, ...bearer(decide) });
    for (const told of [body.message, headers['postern-message']]) {
      expect(told).toContain('`X-Postern-Key`');
      expect(told).not.toContain('Authorization');
    }
  }
  expect((await served.http.get('/v1/apis').set({ 'X-Postern-Key': decide })).body.detail).toContain('Authorization');
  expect(await hook(served, { 'X-Postern-Key': `${decide}x` })).toEqual(unknown);
  expect(await hook(served, { 'X-Postern-Key': `${decide}, ${decide}` })).toEqual(unknown);
  expect(await hook(served, { 'X-Postern-Key': reader })).toMatchObject({ status: 403 });
  const { status } = await served.http.get('/ext-authz/prod/pets').set({ ...asked, Host: 'pets.example.com' });
  expect(status).toBe(401);
});

it('elsewhere that header is nobody\u2019s key', async () => {
  const { served, decide } = await guarded();
  const { status } = await served.http.post('/access/v1/evaluation').set({ 'X-Postern-Key': decide }).send({});
  expect(status).toBe(401);
});

it('AuthZEN takes the role decide, and says so in a sentence; discovery is open', async () => {
  const { served, decide, reader } = await guarded({ POSTERN_PUBLIC_URL: 'https://pdp.example.com/tenant1' });
  const evaluation = { subject: alice, action: read, resource: record1 };
  for (const path of ['/access/v1/evaluation', '/access/v1/evaluations']) {
    const ask = (headers: Record<string, string>) => served.http.post(path).set(headers).send(evaluation);
    expect((await ask(bearer(decide))).body).toEqual({ decision: false });
    const refused = [await ask({}), await ask(bearer('wrong')), await ask(bearer(reader))];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 403]);
    for (const { type, text, headers } of refused) {
      expect([type, text !== '', headers['www-authenticate']]).toEqual([
        'text/plain',
        true,
        expect.stringMatching(/^Bearer/),
      ]);
    }
  }
  for (const path of ['/.well-known/authzen-configuration', '/.well-known/authzen-configuration/tenant1']) {
    expect((await served.http.get(path)).body.policy_decision_point).toBe('https://pdp.example.com/tenant1');
  }
});
