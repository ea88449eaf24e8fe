import type { IncomingMessage } from 'node:http';
import type { GatewayCall } from '../service/gateway.js';
import { namedByHost } from './execute-api-host.js';
import { header, hookRequest, unclear } from './hook-request.js';

/**
 * The call that a gateway asks about. What it knows it says in headers of its own; API, endpoint and Region may also follow
 * from the host. Where two of them speak they must say the same: one of them may be a client's.
 * @throws ServiceError `malformed-request`
 */
export function hookCall(request: IncomingMessage): GatewayCall {
  const { verb, target, host, source } = hookRequest(request);
  const named = namedByHost(host ?? '');
  const api = agreed('API', header(request, 'x-postern-api'), named.api, header(request, 'x-apigw-api-id'));
  const endpoint = agreed('endpoint', header(request, 'x-postern-endpoint'), named.endpoint);
  const address = agreed('source address', header(request, 'x-postern-source-ip'), source);
  if (!VERB.test(verb)) throw unclear('what is said to be the method is none');
  if (api === undefined) throw unclear('neither X-Postern-Api nor the host names the API');
  if (!API_ID.test(api)) throw unclear('what is said to be the API is the id of none');
  if (endpoint === undefined) throw unclear('neither X-Postern-Endpoint nor the host names the VPC endpoint');
  return {
    api,
    endpoint,
    verb,
    ...located(pathOf(target), header(request, 'x-postern-stage')),
    ...(named.region === undefined ? {} : { region: named.region }),
    principal: header(request, 'x-postern-principal') ?? 'anonymous',
    ...authorizationOf(request),
    context: present({
      'aws:VpcSourceIp': address,
      'aws:UserAgent': header(request, 'user-agent'),
      'aws:Referer': header(request, 'referer'),
    }),
  };
}

/** @throws ServiceError if two of them differ */
function agreed(what: string, ...values: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(values.filter((value) => value !== undefined));
  if (others.length === 0) return first;
  throw unclear(`headers and host say different things of the ${what}`);
}

/** A slash in it would move the path. */
const VERB = /^[A-Z]{1,16}$/;

const API_ID = /^[A-Za-z0-9]{1,64}$/;

/** Without the query, and with nothing in it that somebody behind the gateway could take for another path. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (!path.startsWith('/')) throw unclear('what was asked for has no path');
  if (path.includes('#')) throw unclear('the path holds `#`, which no path does');
  if (DOTS.test(path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/'))) {
    throw unclear('the path holds `.` or `..`: what was decided on would not be what is called');
  }
  return path;
}

/** Some servers also cut off what follows a semicolon. */
const DOTS = /\/\.\.?(?:;[^/]*)?(?:\/|$)/;

/** Stage and path below it: the stage is the first segment of the path, unless the gateway has one stage only. */
function located(path: string, stage: string | undefined): { readonly stage: string; readonly path: string } {
  if (stage?.includes('/')) throw unclear('what X-Postern-Stage says is the name of no stage');
  if (stage !== undefined) return { stage, path };
  const end = path.indexOf('/', 1);
  return end < 0 ? { stage: path.slice(1), path: '/' } : { stage: path.slice(1, end), path: path.slice(end) };
}

/** What the gateway knows of the caller's policies, and of what an authorizer said to it. */
function authorizationOf(request: IncomingMessage): Partial<GatewayCall> {
  const list = (name: string) =>
    header(request, name)
      ?.split(',')
      .map((policy) => policy.trim());
  return present({
    identityPolicies: list('x-postern-identity-policies'),
    sessionPolicies: list('x-postern-session-policies'),
    permissionsBoundary: header(request, 'x-postern-permissions-boundary'),
    authorizerResult: header(request, 'x-postern-authorizer-result') as GatewayCall['authorizerResult'],
  });
}

const present = <T extends object>(members: T) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
