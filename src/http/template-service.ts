import type { Controller } from '@tsoa/runtime';
import type { Request, Response } from 'express';
import type { Issue } from '../policy/issue.js';
import { ServiceError } from '../service/errors.js';
import { twice } from '../service/validate-document.js';
import { authorization } from './authorization.js';
import { bodyLines, isNdjson } from './body-lines.js';
import { type BodyRules, bodyRulesOf, keepDuplicates, keepLines } from './body-rules.js';
import { exchangeOf, type RouteName } from './exchange.js';
import { announcesBody, type JsonBody, readJson, unexpectedBody } from './json-body.js';
import { bodyMemoryOf, settingsOf } from './locals.js';
import { operationAt, pathOf } from './open-api.js';
import { type Parameters, parameterReader } from './parameters.js';
import { type Check, checkOf } from './schemas.js';
import { Pieces, PlainText, send, sendPieces, sendText } from './send.js';

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

/** Checks what the operation takes, asks a controller, and writes what it returns. @throws ServiceError */
export type Route = (request: Request, response: Response) => Promise<void>;

/**
 * What the generated routes do, in place of tsoa's own template service. That one tells a failed union as JSON in a
 * string in JSON, a megabyte of it for a large policy, and takes longer over a body than a decision does.
 * One definition serves both: the schemas that are enforced here are those that are published.
 * @param controllerFor makes the controller, which lives for one request
 */
export function route(
  { method, path, action, status, args }: RouteDescription,
  controllerFor: (request: Request) => Controller,
): Route {
  const operation = operationAt(method, path);
  const name: RouteName = { method: method.toUpperCase(), path: pathOf(path) };
  const authorize = authorization(operation);
  const readParameters = parameterReader(operation.parameters ?? []);
  const readBody = operation.requestBody
    ? bodyReader(checkOf(operation.requestBody.content['application/json'].schema), bodyRulesOf(action))
    : refuseBody(method);
  const argumentsOf = args.map(({ in: source, name }) => argument(source, name));

  return async (request, response) => {
    exchangeOf(response).route = name;
    // First of all: whoever may not ask learns nothing of what is stored, nor of what is wrong with the request.
    authorize?.(response);
    const parameters = readParameters(request);
    const taken: Taken = { request, parameters, body: await readBody?.(request) };
    const controller = controllerFor(request);
    const data = await action.apply(
      controller,
      argumentsOf.map((read) => read(taken)),
    );
    const success = controller.getStatus() ?? status ?? (data === undefined ? 204 : 200);
    if (data instanceof Pieces) await sendPieces(response, success, controller.getHeaders(), data);
    else if (data instanceof PlainText) sendText(response, success, controller.getHeaders(), data);
    else send(response, success, controller.getHeaders(), data);
  };
}

/** What a request brings, read and checked. */
interface Taken {
  readonly request: Request;
  readonly parameters: Parameters;
  readonly body: unknown;
}

/** How an argument of an action is found in what a request brings. */
function argument(source: string, name: string): (taken: Taken) => unknown {
  switch (source) {
    case 'path':
      return ({ parameters }) => parameters.path[name];
    case 'query':
      return ({ parameters }) => parameters.query[name];
    case 'queries':
      return ({ parameters }) => parameters.query;
    case 'header': {
      const lower = name.toLowerCase();
      return ({ request }) => request.headers[lower];
    }
    case 'body':
      return ({ body }) => body;
    case 'request':
      return ({ request }) => request;
    default:
      throw new Error(`a controller takes ${name} from ${source}, which no route knows`);
  }
}

/** An operation that acts without a body does not drop one that it is sent. */
const refuseBody = (method: string) =>
  method === 'post'
    ? (request: Request): void => {
        if (announcesBody(request)) throw unexpectedBody();
      }
    : undefined;

function bodyReader(check: Check, { maxBytes = ({ maxBody }) => maxBody, duplicatesBelow, maxLines }: BodyRules) {
  const checked = (request: Request, { value, duplicates }: JsonBody): unknown => {
    const misshapen = check(value);
    if (misshapen.length === 0 && duplicates.length === 0) return value;
    const issues = [...repeated(request, duplicates, duplicatesBelow), ...misshapen];
    if (issues.length === 0) return value;
    throw new ServiceError('malformed-request', 'the body is not what this operation takes', issues);
  };
  return (request: Request): unknown => {
    const settings = settingsOf(request);
    if (maxLines !== undefined && isNdjson(request)) return keepLines(request, bodyLines(request, maxLines(settings)));
    return readJson(request, maxBytes(settings), bodyMemoryOf(request), (body) => checked(request, body));
  };
}

/** Members that occur twice; those that the operation asked to see are kept for it, and no fault. */
function repeated(request: Request, duplicates: readonly string[], below: string | undefined): Issue[] {
  const isKept = (pointer: string) => below !== undefined && pointer.startsWith(`${below}/`);
  const kept = duplicates.filter(isKept).map((pointer) => pointer.slice(below?.length));
  if (kept.length > 0) keepDuplicates(request, kept);
  return duplicates.filter((pointer) => !isKept(pointer)).map(twice);
}
