import type { Controller } from '@tsoa/runtime';
import type { Request, Response } from 'express';
import { ServiceError } from '../service/errors.js';
import { isRole } from '../service/roles.js';
import { type BodyRules, bodyRulesOf, keepDuplicates } from './body-rules.js';
import { exchangeOf } from './exchange.js';
import { announcesBody, readJson, unexpectedBody } from './json-body.js';
import { settingsOf } from './locals.js';
import { operationAt } from './open-api.js';
import { roleFor } from './open-paths.js';
import { parameterReader } from './parameters.js';
import { ProblemError, problems } from './problem.js';
import { type Check, checkOf } from './schemas.js';
import { Pieces, send, sendPieces } from './send.js';

/** A method of a controller, and what tsoa says that it takes. */
export interface RouteDescription {
  readonly method: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever `args` says
  readonly action: (...args: any[]) => Promise<unknown>;
  /** The status of success where the controller sets none. */
  readonly status: number | undefined;
  readonly args: readonly { readonly in: string; readonly name: string }[];
}

export interface Route {
  /** The arguments of the action, checked. @throws ServiceError */
  args(request: Request): Promise<readonly unknown[]>;
  /** Calls the action and writes what it returns. */
  answer(controller: Controller, args: readonly unknown[], response: Response): Promise<void>;
}

/**
 * What the generated routes do, in place of tsoa's own template service. That one tells a failed union as JSON in a
 * string in JSON, a megabyte of it for a large policy, and takes longer over a body than a decision does.
 * One definition serves both: the schemas that are enforced here are those that are published.
 */
export function route({ method, path, action, status, args }: RouteDescription): Route {
  const operation = operationAt(method, path);
  const mayAsk = roleCheck(roleFor(operation));
  const readParameters = parameterReader(operation.parameters ?? []);
  const readBody = operation.requestBody
    ? bodyReader(checkOf(operation.requestBody.content['application/json'].schema), bodyRulesOf(action))
    : refuseBody(method);

  return {
    async args(request) {
      // First of all: whoever may not ask learns nothing of what is stored, nor of what is wrong with the request.
      mayAsk?.(request);
      const parameters = readParameters(request);
      const body = await readBody?.(request);
      return args.map(({ in: source, name }) => {
        switch (source) {
          case 'path':
            return parameters.path[name];
          case 'query':
            return parameters.query[name];
          case 'queries':
            return parameters.query;
          case 'header':
            return request.headers[name.toLowerCase()];
          case 'body':
            return body;
          case 'request':
            return request;
          default:
            throw new Error(`a controller takes ${name} from ${source}, which no route knows`);
        }
      });
    },
    async answer(controller, values, response) {
      const data = await action.apply(controller, [...values]);
      const success = controller.getStatus() ?? status ?? (data === undefined ? 204 : 200);
      if (data instanceof Pieces) await sendPieces(response, success, controller.getHeaders(), data);
      else send(response, success, controller.getHeaders(), data);
    },
  };
}

/** @throws ProblemError `forbidden` */
function roleCheck(role: string | undefined): ((request: Request) => void) | undefined {
  if (role === undefined) return undefined;
  if (!isRole(role)) throw new Error(`openapi.json names a role \`${role}\`, and there is none`);
  return ({ res }) => {
    if (exchangeOf(res as Response).may.has(role)) return;
    throw new ProblemError('forbidden', `this takes the role \`${role}\``, {
      headers: { 'WWW-Authenticate': `${problems.forbidden.challenge}, scope="${role}"` },
    });
  };
}

/** An operation that acts without a body does not drop one that it is sent. */
const refuseBody = (method: string) =>
  method === 'post'
    ? async (request: Request): Promise<void> => {
        if (announcesBody(request)) throw unexpectedBody();
      }
    : undefined;

function bodyReader(check: Check, { maxBytes = ({ maxBody }) => maxBody, duplicatesBelow }: BodyRules) {
  return async (request: Request): Promise<unknown> => {
    const { value, duplicates } = await readJson(request, maxBytes(settingsOf(request)));
    if (duplicates.length > 0) refuseDuplicates(request, duplicates, duplicatesBelow);
    const issues = check(value);
    if (issues.length > 0)
      throw new ServiceError('malformed-request', 'the body is not what this operation takes', issues);
    return value;
  };
}

function refuseDuplicates(request: Request, duplicates: readonly string[], below: string | undefined): void {
  const isKept = (pointer: string) => below !== undefined && pointer.startsWith(`${below}/`);
  const refused = duplicates.filter((pointer) => !isKept(pointer));
  if (refused.length === 0)
    return keepDuplicates(
      request,
      duplicates.map((pointer) => pointer.slice(below?.length)),
    );
  throw new ServiceError(
    'malformed-request',
    'the body has members that occur twice',
    refused.map((pointer) => ({ pointer, code: 'duplicate-member', detail: 'this member occurs more than once' })),
  );
}
