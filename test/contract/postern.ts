import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request, { type Agent, type Response } from 'supertest';
import { readConfig } from '../../src/config.js';
import { createDoor } from '../../src/http/app.js';
import { httpSettings } from '../../src/server.js';
import { createServices } from '../../src/services.js';
import { openSqlite } from '../../src/store/sqlite.js';

/** A whole Postern in memory, as its users see it. */
export interface Postern {
  readonly port: number;
  readonly http: Agent;
  put(path: string, body: object): Promise<Response>;
  post(path: string, body: object): Promise<Response>;
  /** What was logged as a bug. */
  readonly logged: object[];
}

/** @param settings of docs/settings.md, `POSTERN_…` */
export async function postern(settings: Readonly<Record<string, string>> = {}): Promise<Postern> {
  const config = readConfig(settings);
  const { services } = await createServices(await openSqlite({ memory: true }), config);
  const logged: object[] = [];
  const log = { error: (context: object) => logged.push(context) };
  const { options, listener } = createDoor(services, { ...httpSettings(config), log });
  const server = createServer(options, listener).unref();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const http = request.agent(server);
  return {
    port: (server.address() as AddressInfo).port,
    http,
    put: (path, body) => http.put(path).send(body),
    post: (path, body) => http.post(path).send(body),
    logged,
  };
}

export const ACCOUNT = '123412341234';
export const USER = `arn:aws:iam::${ACCOUNT}:user/MyUser`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/ann`;
export const arn = (tail = 'prod/GET/pets', api = 'a1b2c3d4e5') =>
  `arn:aws:execute-api:us-east-1:${ACCOUNT}:${api}/${tail}`;

/** One statement; in a kind that has one, the Principal is everyone. */
export const statement = (changed: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...changed,
});
export const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
export const allowAll = policy(statement());
export const denyAll = policy(statement({ Effect: 'Deny' }));
/** Valid, and matches no call. */
export const silent = policy(statement({ Resource: 'arn:aws:execute-api:us-east-1:999999999999:zzzz/*' }));

const withoutPrincipal = ({ Statement }: { Statement: object[] }) =>
  policy(...Statement.map((each) => Object.fromEntries(Object.entries(each).filter(([name]) => name !== 'Principal'))));
/** The same three for an identity. */
export const identity = {
  allow: withoutPrincipal(allowAll),
  deny: withoutPrincipal(denyAll),
  silent: withoutPrincipal(silent),
};

export const api = (changed: object = {}) => ({ accountId: ACCOUNT, region: 'us-east-1', policy: null, ...changed });
export const endpoint = (changed: object = {}) => ({ vpcId: 'vpc-1a2b3c4d', policy: null, ...changed });
export const call = (changed: object = {}) => ({
  principal: USER,
  resource: arn(),
  endpoint: 'vpce-1a2b3c4d',
  ...changed,
});

/** An endpoint `vpce-1a2b3c4d` with full access and an API `a1b2c3d4e5` with a policy `open` that allows everything. */
export async function ready(apiChanges: object = {}, settings: Readonly<Record<string, string>> = {}) {
  const served = await postern(settings);
  await stored(served, 'policies/resource/open', { document: allowAll });
  await stored(served, 'endpoints/vpce-1a2b3c4d', endpoint());
  await stored(served, 'apis/a1b2c3d4e5', api({ policy: 'open', ...apiChanges }));
  return served;
}

/** Writes what must be accepted. */
export async function stored({ put }: Pick<Postern, 'put'>, path: string, body: object): Promise<Response> {
  const response = await put(`/v1/${path}`, body);
  if (response.status !== 200 && response.status !== 201) {
    throw new Error(`PUT ${path}: ${response.status} ${JSON.stringify(response.body)}`);
  }
  return response;
}

/** Where faults are; several at one place count once. */
export const pointersOf = (errors: readonly { pointer: string }[] = []): string[] =>
  [...new Set(errors.map(({ pointer }) => pointer))].sort();

/** What programs read of a problem: its status, code and the pointers of its errors. */
export function problemOf({ status, type, body }: Response) {
  return { status, type, code: body.code, pointers: pointersOf(body.errors) };
}
export const problem = (status: number, code: string, ...pointers: string[]) => ({
  status,
  type: 'application/problem+json',
  code,
  pointers: pointers.sort(),
});

/** Only the status and where the faults are, for what has no code in the contract. */
export function faultsOf({ status, type, body }: Response) {
  return { status, type, pointers: pointersOf(body.errors) };
}
export const faults = (status: number, ...pointers: string[]) => ({
  status,
  type: 'application/problem+json',
  pointers: pointers.sort(),
});

/** The decision of an answer, as `Deny EXPLICIT_DENY resource`; of anything else its status. */
export const verdict = ({ status, body }: Response): string =>
  status === 200 ? `${body.decision} ${body.reason} ${body.layer}` : `${status} ${body.code}`;
