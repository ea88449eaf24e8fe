import type { Issue } from '../policy/issue.js';

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
  readonly headers: (refusal: Refusal) => Readonly<Record<string, string>>;
}

/** "Authorization API 1.0", "Error Responses": the body is a message, and a wrong Content-Type a bad request. */
const authzen: Form = {
  status: (status) => (status === 415 || status === 422 ? 400 : status),
  type: 'text/plain; charset=utf-8',
  body: sentence,
  headers: () => ({}),
};

const forms: readonly (readonly [beginning: string, form: Form])[] = [
  ['/access/', authzen],
  ['/.well-known/authzen-configuration', authzen],
];

/** The form of refusals at a path; undefined where they are problems, which is everywhere else. */
export const formAt = (url: string): Form | undefined => forms.find(([beginning]) => url.startsWith(beginning))?.[1];

const MOST_TOLD = 20;

/** What is wrong, and where, in one line. */
function sentence({ detail, errors }: Refusal): string {
  const told = errors
    .filter((error) => error.detail !== detail)
    .slice(0, MOST_TOLD)
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer} ${detail}`));
  return told.length === 0 ? detail : `${detail}: ${told.join('; ')}`;
}
