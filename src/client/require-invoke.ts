import type { Request, RequestHandler, Response } from 'express';
import { type ClientOptions, type DecisionRequest, PosternClient, PosternError } from './client.js';

export interface InvokeOptions {
  /** Whom to ask. */
  readonly postern: PosternClient | ClientOptions;
  /** The id of the VPC endpoint that calls come through. */
  readonly endpoint: string | ((request: Request) => string);
  /** The ARN that is called; `executeApi` makes it of the path. */
  readonly resource: (request: Request) => string;
  /** Whom the application has authenticated; null: nobody, the call is anonymous. */
  readonly principal: (request: Request) => string | null;
  /** Condition keys of the call. */
  readonly context?: (request: Request) => NonNullable<DecisionRequest['context']>;
  /** What else the method's authorization needs: identity policies, the authorizer's result. */
  readonly authorization?: (
    request: Request,
  ) => Omit<DecisionRequest, 'principal' | 'resource' | 'endpoint' | 'context'>;
  /** Hears of every call that is not let through, for logs; it has been answered already. */
  readonly onRefusal?: (refusal: Refusal, request: Request) => void;
}

/** Why a call was not let through. */
export type Refusal =
  | { readonly status: 403; readonly reason: string; readonly decisionId: string }
  | { readonly status: 500 | 503; readonly error: unknown };

/**
 * Middleware that lets a call through if Postern says Allow, and in no other case: 403 for a Deny, 503 where there is no
 * answer in time (after one retry), 500 where the question is wrong.
 */
export function requireInvoke(options: InvokeOptions): RequestHandler {
  const { postern, onRefusal = () => {} } = options;
  const client = postern instanceof PosternClient ? postern : new PosternClient(postern);
  return async (request, response, next) => {
    const refusal = await refusalOf(client, options, request);
    if (refusal === null) return next();
    refuse(response, refusal);
    onRefusal(refusal, request);
  };
}

/** Null is Allow: everything else, and whatever is thrown on the way, refuses. */
async function refusalOf(client: PosternClient, options: InvokeOptions, request: Request): Promise<Refusal | null> {
  const { endpoint, resource, principal, context, authorization } = options;
  try {
    const body: DecisionRequest = {
      ...authorization?.(request),
      principal: principal(request) ?? 'anonymous',
      resource: resource(request),
      endpoint: typeof endpoint === 'string' ? endpoint : endpoint(request),
      ...(context === undefined ? {} : { context: context(request) }),
    };
    const { body: answer } = await client.call('decide', { headers: { Prefer: 'return=minimal' }, body });
    // Whatever stands behind the address: only these two words are a decision.
    if (answer?.decision === 'Allow') return null;
    if (answer?.decision === 'Deny') return { status: 403, reason: answer.reason, decisionId: answer.decisionId };
    return { status: 503, error: new PosternError('what was answered is no decision', 200, null) };
  } catch (error) {
    const isOurs = !(error instanceof PosternError) || error.status === 400 || error.status === 422;
    return { status: isOurs ? 500 : 503, error };
  }
}

const TITLES = { 403: 'Forbidden', 500: 'Internal Server Error', 503: 'Service Unavailable' } as const;

/** The caller is told that it is refused, and the id by which those who run the service find out why. */
function refuse(response: Response, refusal: Refusal): void {
  const { status } = refusal;
  response.status(status);
  if (status === 503) response.set('Retry-After', '1');
  response.type('application/problem+json').json({
    type: 'about:blank',
    title: TITLES[status],
    status,
    ...('decisionId' in refusal ? { decisionId: refusal.decisionId } : {}),
  });
}
