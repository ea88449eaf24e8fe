import type { TLSSocket } from 'node:tls';
import { Body, Example, Get, Post, Request, Route, Security, Tags } from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import type { EvaluationOptions } from '../service/evaluations.js';
import { PosternController } from './controller.js';
import { exchangeOf } from './exchange.js';
import { settingsOf } from './locals.js';
import { shapeOf } from './schemas.js';
import type {
  AccessEvaluation,
  AccessEvaluations,
  AuthzenConfiguration,
  AuthzenDecision,
  AuthzenDecisions,
  AuthzenOptions,
} from './wire-authzen.js';

@Route()
@Tags('AuthZEN')
export class AuthzenController extends PosternController {
  /**
   * The Access Evaluation API of OpenID AuthZEN's Authorization API 1.0. Here its rules hold: members that it does not know are
   * ignored, and an error is a sentence of plain text. How subjects, actions and resources become principals and ARNs is told in
   * `docs/authzen.md`.
   * @summary Evaluate one access
   * @returns The decision
   * @example body {
   *   "subject": { "type": "aws", "id": "arn:aws:iam::123412341234:user/MyUser" },
   *   "action": { "name": "GET" },
   *   "resource": { "type": "route", "id": "/pets", "properties": { "apiId": "a1b2c3d4e5", "stage": "prod" } },
   *   "context": { "endpoint": "vpce-1a2b3c4d", "aws:VpcSourceIp": "10.0.3.7" }
   * }
   */
  @Post('access/v1/evaluation')
  @Security('key', ['decide'])
  @Example<AuthzenDecision>({ decision: true })
  async evaluateAccess(@Request() request: Incoming, @Body() body: AccessEvaluation): Promise<AuthzenDecision> {
    return this.#evaluate(request, body);
  }

  /**
   * The Access Evaluations API: many evaluations, all made at one revision and answered in their order. What an evaluation
   * leaves out comes from the top; one that is malformed is a denial that says why.
   * @summary Evaluate many accesses
   * @returns The decisions
   * @example body {
   *   "subject": { "type": "anonymous", "id": "*" },
   *   "context": { "endpoint": "vpce-1a2b3c4d" },
   *   "resource": {
   *     "type": "execute-api",
   *     "id": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets"
   *   },
   *   "evaluations": [
   *     { "action": { "name": "execute-api:Invoke" } },
   *     { "action": { "name": "execute-api:InvalidateCache" } }
   *   ]
   * }
   */
  @Post('access/v1/evaluations')
  @Security('key', ['decide'])
  @Example<AuthzenDecisions>({ evaluations: [{ decision: true }, { decision: false }] }, 'Many')
  @Example<AuthzenDecision>({ decision: true }, 'One')
  async evaluateAccesses(
    @Request() request: Incoming,
    @Body() body: AccessEvaluations,
  ): Promise<AuthzenDecisions | AuthzenDecision> {
    const { subject, action, resource, context, evaluations = [], options = {} } = body;
    if (evaluations.length === 0) return this.#evaluate(request, body);
    const given = Object.entries({ subject, action, resource, context }).filter(([, entity]) => entity !== undefined);
    const answer = await this.services.evaluations.evaluateAll(
      evaluations,
      Object.fromEntries(given),
      options.evaluations_semantic ?? 'execute_all',
      this.#options(request, options),
    );
    exchangeOf(request.res!).decided = evaluations.length;
    return { evaluations: this.read(answer) };
  }

  /**
   * Where the APIs of AuthZEN are: this is what clients discover them by. It names the address in `POSTERN_PUBLIC_URL`, and
   * without one that which the request came to.
   * @summary Discover AuthZEN
   * @returns The addresses
   */
  @Get('.well-known/authzen-configuration')
  @Example<AuthzenConfiguration>({
    policy_decision_point: 'https://pdp.example.com',
    access_evaluation_endpoint: 'https://pdp.example.com/access/v1/evaluation',
    access_evaluations_endpoint: 'https://pdp.example.com/access/v1/evaluations',
  })
  async discoverAuthzen(@Request() request: Incoming): Promise<AuthzenConfiguration> {
    const base = settingsOf(request).publicUrl ?? addressOf(request);
    this.setHeader('Cache-Control', 'max-age=3600');
    return {
      policy_decision_point: base,
      access_evaluation_endpoint: `${base}/access/v1/evaluation`,
      access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    };
  }

  async #evaluate(request: Incoming, body: object & { readonly options?: AuthzenOptions }): Promise<AuthzenDecision> {
    const answer = await this.services.evaluations.evaluate(body, this.#options(request, body.options ?? {}));
    exchangeOf(request.res!).decided = 1;
    return this.read(answer);
  }

  #options(request: Incoming, { explain = false }: AuthzenOptions): EvaluationOptions {
    const { requestId, by } = this.caller(request);
    return { requestId, by, explain, shapeErrors };
  }
}

const shapeErrors = { evaluation: shapeOf('AccessEvaluation'), question: shapeOf('DecisionRequest') };

/** Of this very connection: what a client says in `Host` is not to be handed to others. */
function addressOf({ socket }: Incoming): string {
  const { localAddress = '127.0.0.1', localPort } = socket;
  const scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  return `${scheme}://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
