import type { Issue } from '../policy/issue.js';
import { isHook } from './hook-paths.js';
import { JSON_TYPE } from './send.js';

/** A refusal, before it has a form. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly Issue[];
}

/** How a refusal is told where a standard or a proxy has a form of its own for it. */
export interface Form {
  readonly status: (status: number) => number;
  readonly type: string;
  readonly body: (refusal: Refusal) => string;
  /** Name, value, name, value… */
  readonly headers: (refusal: Refusal) => readonly string[];
}

/** "Authorization API 1.0", "Error Responses": the body is a message, and a wrong Content-Type a bad request. */
const authzen: Form = {
  status: (status) => (status === 415 || status === 422 ? 400 : status),
  type: 'text/plain; charset=utf-8',
  body: sentence,
  headers: () => [],
};

/** Gateways know a yes, a no, and that somebody has to see to it; AWS's own refusals have this body. */
const hook: Form = {
  status: (status) => {
    if (status === 401 || status === 500) return status;
    return status === 429 || status > 500 ? 503 : 403;
  },
  type: JSON_TYPE,
  body: (refusal) => hookMessage(sentence(refusal)),
  headers: (refusal) => hookHeaders(refusal.status === 400 ? 'INVALID_REQUEST' : refusal.code, sentence(refusal)),
};

export const hookMessage = (message: string): string => JSON.stringify({ message });

/** For the log of the gateway, and for people: why, and in a sentence where there is one. */
export const hookHeaders = (reason: string, message: string | null): string[] => [
  'Postern-Reason',
  reason,
  ...(message === null ? [] : ['Postern-Message', message.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_MESSAGE)]),
  'Cache-Control',
  'no-store',
];

/** Gateways have few kilobytes for all headers of an answer. */
const LONGEST_MESSAGE = 1000;

const isAuthzen = (url: string): boolean =>
  url.startsWith('/access/') || url.startsWith('/.well-known/authzen-configuration');

/** The form of refusals at a path; undefined where they are problems, which is everywhere else. */
export function formAt(url: string): Form | undefined {
  if (isHook(url)) return hook;
  return isAuthzen(url) ? authzen : undefined;
}

const MOST_TOLD = 20;

/** What is wrong, and where, in one line. */
function sentence({ detail, errors }: Refusal): string {
  const told = errors
    .filter((error) => error.detail !== detail)
    .slice(0, MOST_TOLD)
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer} ${detail}`));
  const more = errors.length > MOST_TOLD ? '; and more' : '';
  return told.length === 0 ? detail : `${detail}: ${told.join('; ')}${more}`;
}
