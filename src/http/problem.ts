import type { ErrorRequestHandler, Response } from 'express';
import type { Issue } from '../policy/issue.js';
import { ServiceError, type ServiceErrorCode } from '../service/errors.js';
import { exchangeOf, writeHead } from './exchange.js';
import { formAt } from './problem-forms.js';

/** What only the door itself can refuse; everything else that goes wrong is a `ServiceError`. */
type DoorCode =
  | 'host-not-allowed'
  | 'origin-not-allowed'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'uri-too-long'
  | 'rate-limited'
  | 'header-fields-too-large'
  | 'overloaded'
  | 'not-ready'
  | 'internal-error';

export type ProblemCode = ServiceErrorCode | DoorCode;

interface Kind {
  readonly status: number;
  readonly title: string;
  /** Seconds after which the same request may well succeed. */
  readonly retryAfter?: number;
  /** What says how to authenticate (RFC 9110, section 11.6.1). */
  readonly challenge?: string;
}

/** Every error this service answers, and nothing else does: RFC 9457. */
export const problems = {
  'malformed-request': { status: 400, title: 'The request is malformed' },
  'unknown-policy': { status: 400, title: 'The request names a policy that does not exist' },
  unauthenticated: { status: 401, title: 'Authentication required', challenge: 'Bearer realm="postern"' },
  'invalid-credentials': {
    status: 401,
    title: 'The key or token is not valid',
    challenge: 'Bearer realm="postern", error="invalid_token"',
  },
  forbidden: {
    status: 403,
    title: 'Whoever asks may not do this',
    challenge: 'Bearer realm="postern", error="insufficient_scope"',
  },
  'host-not-allowed': { status: 403, title: 'This host name is not served' },
  'origin-not-allowed': { status: 403, title: 'Pages of this origin may not ask' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request came too slowly' },
  conflict: { status: 409, title: 'The request conflicts with what is stored' },
  'policy-attached': { status: 409, title: 'The policy is attached' },
  'unknown-attached-policy': { status: 409, title: 'The record names a policy that does not exist' },
  'changes-forgotten': { status: 410, title: 'The changes are no longer kept' },
  'precondition-failed': { status: 412, title: 'A precondition does not hold' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The URL is too long' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'invalid-policy': { status: 422, title: 'The policy document is not valid' },
  'too-many-failures': { status: 429, title: 'Too many failed attempts', retryAfter: 60 },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'header-fields-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'issuer-unavailable': { status: 503, title: 'The issuer of the token cannot be asked', retryAfter: 1 },
  overloaded: { status: 503, title: 'Too much is asked at once', retryAfter: 1 },
  'revision-not-reached': { status: 503, title: 'The revision has not arrived here yet', retryAfter: 1 },
  'too-many-waiting': { status: 503, title: 'Too many requests wait for changes', retryAfter: 1 },
  'state-too-old': { status: 503, title: 'What is known here may be too old to decide on', retryAfter: 1 },
  'decision-log-full': { status: 503, title: 'The decision cannot be logged', retryAfter: 1 },
  'store-unavailable': { status: 503, title: 'The store cannot be reached', retryAfter: 1 },
  'not-ready': { status: 503, title: 'Not ready', retryAfter: 1 },
} as const satisfies Record<ProblemCode, Kind>;

/** An error of the door: with headers that its status asks for, or further members (RFC 9457, section 3.2). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly extras: {
      readonly errors?: readonly Issue[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
  }
}

/** The part of a pino logger that is needed here. */
export interface ErrorLog {
  error(context: object, message: string): void;
}

/** The last middleware: whatever was thrown becomes a problem, and what nobody expected a 500 with an id. */
export const problemHandler =
  (log: ErrorLog): ErrorRequestHandler =>
  (thrown: unknown, _request, response, _next) =>
    refuse(response, thrown, log);

/** Answers what was thrown instead of an answer. */
export function refuse(response: Response, thrown: unknown, log: ErrorLog): void {
  // Half an answer is worse than none: the client must not take it for a whole one.
  if (response.headersSent) response.destroy();
  else writeProblem(response, expected(thrown) ?? unexpected(thrown, exchangeOf(response).requestId, log));
}

function expected(thrown: unknown): ProblemError | undefined {
  if (thrown instanceof ProblemError) return thrown;
  if (thrown instanceof ServiceError) return new ProblemError(thrown.code, thrown.message, { errors: thrown.errors });
  // The router's: a path parameter whose percent-encoding is not UTF-8.
  if (thrown instanceof URIError) return new ProblemError('malformed-request', 'the path is not percent-encoded UTF-8');
  return undefined;
}

function unexpected(thrown: unknown, requestId: string, log: ErrorLog): ProblemError {
  log.error({ err: thrown, requestId }, 'unexpected error');
  return new ProblemError('internal-error', `the log says more about request ${requestId}`);
}

/** Answers a problem, or what it is where another form is asked for. */
export function writeProblem(response: Response, { code, message, extras }: ProblemError): void {
  exchangeOf(response).refused = code;
  const kind: Kind = problems[code];
  const refusal = { status: kind.status, code, detail: message, errors: extras.errors ?? [] };
  const form = formAt(response.req.originalUrl ?? response.req.url);
  const body = form?.body(refusal) ?? problemText(code, message, { errors: refusal.errors, ...extras.members });
  const headers = {
    'Content-Type': form?.type ?? PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    ...(kind.retryAfter === undefined ? {} : { 'Retry-After': String(kind.retryAfter) }),
    ...(kind.challenge === undefined ? {} : { 'WWW-Authenticate': kind.challenge }),
    ...extras.headers,
  };
  const head = [...Object.entries(headers).flat(), ...(form?.headers(refusal) ?? [])];
  writeHead(response, form?.status(kind.status) ?? kind.status, head).end(body);
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** @param members further ones (RFC 9457, section 3.2) */
export function problemText(
  code: ProblemCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = { errors: [] },
): string {
  const { status, title } = problems[code];
  return JSON.stringify({ type: `urn:postern:problem:${code}`, title, status, detail, code, ...members });
}
