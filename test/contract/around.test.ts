import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { call, endpoint, type Postern, postern, problemOf, stored } from './postern.js';

let served: Postern;

beforeAll(async () => {
  served = await postern();
});

describe('the probes', () => {
  it('/livez and /readyz are 200', async () => {
    expect((await served.http.get('/livez')).status).toBe(200);
    const { body: written } = await stored(served, 'endpoints/e', endpoint());
    const { status, body } = await served.http.get('/readyz');
    expect(status).toBe(200);
    expect(body.revision).toBe(written.revision);
    expect(Object.values(body)).toContainEqual(expect.any(Number));
  });
});

describe('the documents', () => {
  it('/openapi.json is what is committed, with paths in full', async () => {
    const { status, type, body } = await served.http.get('/openapi.json');
    expect([status, type]).toEqual([200, 'application/json']);
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/decisions', '/v1/simulations', '/livez']));
    const committed = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'));
    const { servers: _, ...rest } = body;
    const { servers: __, ...kept } = committed;
    expect(rest).toEqual(kept);
  });

  it('/docs is a page that loads nothing from elsewhere', async () => {
    const { status, type, text } = await served.http.get('/docs').redirects(2);
    expect([status, type]).toEqual([200, 'text/html']);
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(0);
    for (const address of loaded) {
      expect(address).not.toMatch(/^(https?:)?\/\//);
      if (address.startsWith('data:')) continue;
      expect((await served.http.get(new URL(address, 'http://localhost/docs/').pathname)).status, address).toBe(200);
    }
  });
});

describe('the host rule', () => {
  const get = (host: string, path = '/v1/endpoints') => served.http.get(path).set('Host', host);

  it.each(['localhost', 'localhost:8080', 'LOCALHOST', '127.0.0.1', '127.0.0.1:1', '127.1.2.3', '[::1]', '[::1]:8080'])(
    '%s is a loopback name',
    async (host) => {
      expect((await get(host)).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    'evil.example.localhost.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '0.0.0.0',
    '128.0.0.1',
    '[2001:db8::1]',
    'localhost@evil.example',
  ])('%s is 403', async (host) => {
    expect(problemOf(await get(host))).toMatchObject({ status: 403, type: 'application/problem+json' });
    expect((await served.http.post('/v1/decisions').set('Host', host).send(call())).status).toBe(403);
  });

  it('holds for all paths of /v1, and before they are looked at', async () => {
    for (const path of ['/v1/endpoints/none', '/v1/nothing', '/v1/apis?x=1', '/v1/export']) {
      expect((await get('evil.example', path)).status, path).toBe(403);
    }
  });

  it('POSTERN_ALLOW_OPEN lifts it', async () => {
    const open = await postern({ POSTERN_ALLOW_OPEN: 'true' });
    expect((await open.http.get('/v1/endpoints').set('Host', 'evil.example')).status).toBe(200);
  });
});
