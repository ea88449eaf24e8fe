import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import request, { type Agent, type Response } from 'supertest';
import { createApp } from '../../src/http/app.js';
import type { HttpSettings } from '../../src/http/locals.js';
import { type Stub, settings, stub } from './stub.js';

/** The door with a stub behind it, and what it logs. */
export interface Door {
  readonly app: Express;
  readonly http: Agent;
  readonly services: Stub;
  readonly log: { readonly context: object; readonly message: string }[];
}

export function door(changed: Partial<HttpSettings> = {}): Door {
  const services = stub();
  const log: Door['log'] = [];
  const app = createApp(services, {
    ...settings,
    ...changed,
    log: { error: (context, message) => log.push({ context, message }) },
  });
  return { app, http: request.agent(app), services, log };
}

/** Runs something against a real port. */
export async function listening<T>(app: Express, run: (port: number) => Promise<T>): Promise<T> {
  const server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await run((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A problem by what programs read of it. */
export const problemOf = ({ status, type, body }: Response) => ({
  status,
  type,
  code: body.code,
  errors: body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
});

export const problem = (status: number, code: string, ...errors: string[]) => ({
  status,
  type: 'application/problem+json',
  code,
  errors,
});

export const twoApis = {
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: ['execute-api:Invoke'],
    Resource: [
      'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
      'arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*',
    ],
  },
};

export const call = {
  principal: 'arn:aws:iam::123412341234:user/MyUser',
  resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
  endpoint: 'vpce-1a2b3c4d',
};
