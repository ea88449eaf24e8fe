import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Postern, postern, stored } from '../contract/postern.js';
import { forged, records, user } from './fixture.js';

/*
 * Debian has no package of Envoy and of Traefik. So their examples are read here, and what their documentation says that they
 * send with such a configuration is sent by hand.
 */

type Headers = Record<string, string>;

async function guarded(): Promise<Postern> {
  const served = await postern();
  for (const [path, body] of records) await stored(served, path, body);
  return served;
}

const example = async (file: string) =>
  parse(await readFile(new URL(`../../examples/${file}`, import.meta.url), 'utf8'), { strict: true });

/** A client's request, as it comes to the gateway. */
interface FromClient {
  readonly verb: 'get' | 'delete';
  readonly target: string;
  readonly principal: string;
  readonly headers: Headers;
}

const cases: readonly (readonly [what: string, request: FromClient, status: number])[] = [
  ['allowed', { verb: 'get', target: '/prod/pets?x=1', principal: user('alice'), headers: {} }, 200],
  ['another method', { verb: 'delete', target: '/prod/pets', principal: user('alice'), headers: {} }, 403],
  ['somebody else', { verb: 'get', target: '/prod/pets', principal: user('bob'), headers: {} }, 403],
  ['denied', { verb: 'get', target: '/prod/admin/x', principal: user('alice'), headers: {} }, 403],
  [
    'allowed, with forged headers',
    { verb: 'get', target: '/prod/pets', principal: user('alice'), headers: forged(user('bob')) },
    200,
  ],
  [
    'denied, with forged headers',
    { verb: 'get', target: '/prod/admin/x', principal: user('alice'), headers: forged(user('alice')) },
    403,
  ],
  [
    'somebody else, with forged headers',
    { verb: 'get', target: '/prod/pets', principal: user('bob'), headers: forged(user('alice')) },
    403,
  ],
];

const lower = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const only = (headers: Headers, names: readonly string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));

describe('Envoy', async () => {
  const { listeners, clusters } = (await example('envoy/envoy.yaml')).static_resources;
  const manager = listeners[0].filter_chains[0].filters[0].typed_config;
  const filter = manager.http_filters[0].typed_config;
  const service = filter.http_service;

  it('does not let through what nobody has decided on', () => {
    expect(manager.http_filters.map(({ name }: { name: string }) => name)).toEqual([
      'envoy.filters.http.ext_authz',
      'envoy.filters.http.router',
    ]);
    expect(filter).toMatchObject({ failure_mode_allow: false, status_on_error: { code: 'ServiceUnavailable' } });
    expect(clusters.map(({ name }: { name: string }) => name)).toContain(service.server_uri.cluster);
    expect(filter).not.toHaveProperty('with_request_body');
  });

  /** `ext_authz.proto`, "HttpService": its own headers replace the client's, of which only some are handed on. */
  function sent({ target, principal, headers }: FromClient): { readonly url: string; readonly headers: Headers } {
    const operators: Headers = {
      '%DOWNSTREAM_PEER_URI_SAN%': principal,
      '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%': '127.0.0.1',
    };
    const allowed = filter.allowed_headers.patterns.map(({ exact }: { exact: string }) => exact);
    const added = service.authorization_request.headers_to_add.map(({ key, value }: { key: string; value: string }) => [
      key,
      operators[value] ?? value,
    ]);
    const handedOn = only(lower(headers), [...allowed, 'authorization']);
    return { url: service.path_prefix + target, headers: { ...handedOn, ...Object.fromEntries(added) } };
  }

  it.each(cases)('%s', async (_, request, status) => {
    const { url, headers } = sent(request);
    const answer = await (await guarded()).http[request.verb](url).set(headers);
    expect(answer.status, answer.text).toBe(status);
    const told = service.authorization_response.allowed_client_headers.patterns;
    for (const { exact } of told) if (status === 403) expect(answer.headers).toHaveProperty(exact);
  });
});

describe('Traefik', async () => {
  const { routers, middlewares, services } = (await example('traefik/dynamic.yml')).http;
  const { entryPoints } = await example('traefik/traefik.yml');
  const [router] = Object.values<{ entryPoints: string[]; middlewares: string[]; service: string }>(routers);

  it('does not let through what nobody has decided on', () => {
    expect(Object.keys(routers)).toHaveLength(1);
    expect(Object.keys(entryPoints)).toEqual(router?.entryPoints);
    expect(router?.middlewares).toEqual(['no-claims', 'identity', 'gateway', 'decision', 'no-secrets']);
    expect(Object.keys(middlewares)).toEqual(router?.middlewares);
    expect(Object.keys(services)).toEqual([router?.service]);
    expect(middlewares.decision.forwardAuth.trustForwardHeader).toBe(false);
  });

  /** A request goes through the middlewares; "ForwardAuth": some headers of it are copied, and some are set. */
  function sent({ verb, target, principal, headers }: FromClient): { readonly url: string; readonly headers: Headers } {
    const passed = { ...lower(headers), ...lower(middlewares['no-claims'].headers.customRequestHeaders) };
    // It is shown all of them, and the key is not for it.
    expect(Object.values(passed)).not.toContain(middlewares.gateway.headers.customRequestHeaders['X-Postern-Key']);
    for (const name of lowerAll(middlewares.identity.forwardAuth.authResponseHeaders)) passed[name] = principal;
    Object.assign(passed, lower(middlewares.gateway.headers.customRequestHeaders));
    const { address, authRequestHeaders } = middlewares.decision.forwardAuth;
    const given = Object.entries(only(passed, lowerAll(authRequestHeaders))).filter(([, value]) => value !== '');
    return {
      url: new URL(address).pathname,
      headers: {
        ...Object.fromEntries(given),
        'x-forwarded-method': verb.toUpperCase(),
        'x-forwarded-uri': target,
        'x-forwarded-host': '127.0.0.1:8000',
        'x-forwarded-proto': 'http',
        'x-forwarded-for': '127.0.0.1',
      },
    };
  }
  const lowerAll = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());

  it.each(cases)('%s', async (_, request, status) => {
    const { url, headers } = sent(request);
    const answer = await (await guarded()).http.get(url).set(headers);
    expect(answer.status, answer.text).toBe(status);
  });

  it('the API is not shown the key', () => {
    expect(lower(middlewares['no-secrets'].headers.customRequestHeaders)).toEqual({ 'x-postern-key': '' });
  });
});
