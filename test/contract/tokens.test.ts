import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestIssuer } from '../service/issuer.js';
import { postern, problem, problemOf } from './postern.js';
import { BOOTSTRAP, type Secured, secured } from './secured.js';

describe('tokens of an issuer', () => {
  let issuer: TestIssuer;
  let settings: Readonly<Record<string, string>>;
  let served: Secured;
  beforeEach(async () => {
    issuer = await TestIssuer.start();
    settings = { POSTERN_OIDC_ISSUER: issuer.url, POSTERN_OIDC_AUDIENCE: 'postern' };
    served = await secured(settings);
  });
  afterEach(() => issuer.stop());

  const read = (token: string) => served.as(token, served.http.get('/v1/endpoints'));

  it('go on being taken while it changes the keys that it signs with, every one of them', async () => {
    const statuses: number[] = [];
    let changing = true;
    const asking = Array.from({ length: 4 }, async (_, worker) => {
      for (let n = 0; changing; n++) {
        const token = await issuer.token({ scope: 'read', sub: `s${worker}-${n}` });
        statuses.push((await read(token)).status);
      }
    });
    for (let rotation = 0; rotation < 3; rotation++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await issuer.addKey(rotation === 1 ? 'ES256' : 'RS256');
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    changing = false;
    await Promise.all(asking);
    expect(statuses.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('name whoever writes, apart from a key of the same name', async () => {
    const { as, http, makeKey } = served;
    await as(
      await makeKey('ann', { roles: ['write'] }),
      http.put('/v1/endpoints/e').send({ vpcId: 'vpc-1a2b3c4d', policy: null }),
    );
    await as(await issuer.token({ scope: 'write' }), http.delete('/v1/endpoints/e'));
    const { body } = await as(BOOTSTRAP, http.get('/v1/audit?type=endpoint'));
    expect(body.items.map(({ by }: { by: string }) => by)).toEqual(['oidc:ann', 'ann']);
  });

  it('that cannot be told just now are 503, and keys and known tokens go on', async () => {
    const known = await issuer.token({ scope: 'read' });
    expect((await read(known)).status).toBe(200);
    await issuer.addKey();
    issuer.status = 500;
    const answer = await read(await issuer.token({ scope: 'read' }));
    expect(problemOf(answer)).toEqual(problem(503, 'issuer-unavailable'));
    expect(answer.headers['retry-after']).toBe('1');
    expect((await read(known)).status).toBe(200);
    expect((await read(BOOTSTRAP)).status).toBe(200);
    issuer.status = 200;
    expect((await read(await issuer.token({ scope: 'read' }))).status).toBe(200);
  });

  it('need the issuer to be there, but not from the start', async () => {
    issuer.status = 503;
    served = await secured(settings);
    expect((await read(await issuer.token({ scope: 'read' }))).status).toBe(503);
    issuer.status = 200;
    expect((await read(await issuer.token({ scope: 'read' }))).status).toBe(200);
  });

  it('are not waited for where the issuer is none', async () => {
    const start = (changed: object = {}) => postern({ POSTERN_AUTH: 'required', ...settings, ...changed });
    issuer.metadata = { issuer: 'https://elsewhere.example', jwks_uri: `${issuer.url}/keys` };
    await expect(start()).rejects.toThrow(/POSTERN_OIDC_ISSUER: .*elsewhere/);
    issuer.metadata = { issuer: issuer.url };
    await expect(start()).rejects.toThrow(/POSTERN_OIDC_ISSUER: .*jwks_uri/);
    for (const unsafe of [
      'http://keys.example/keys',
      'data:application/json,{"keys":[]}',
      'https://a:b@keys.example/',
    ]) {
      issuer.metadata = { issuer: issuer.url, jwks_uri: unsafe };
      await expect(start()).rejects.toThrow(/POSTERN_OIDC_ISSUER: .*not https/);
    }
    issuer.status = 404;
    await expect(start()).rejects.toThrow(/POSTERN_OIDC_ISSUER: .*404/);
  });
});
