import { Body, Example, Header, Post, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import type { Caller } from '../service/credentials.js';
import type { AnswerOptions } from '../service/pdp.js';
import { PosternController } from './controller.js';
import * as examples from './examples-decisions.js';
import { explained } from './examples-explanations.js';
import { exchangeOf } from './exchange.js';
import { shapeOf } from './schemas.js';
import type { Problem } from './wire.js';
import type {
  BatchAnswer,
  BatchRequest,
  Decision,
  DecisionRequest,
  MinimalDecision,
  SimulationRequest,
} from './wire-decisions.js';
import type { Explanation, SimulationAnswer } from './wire-explanations.js';

@Route('v1')
@Tags('Decisions')
export class DecisionsController extends PosternController {
  /**
   * The decision that AWS would make for this call. The answer is 200 for Allow and Deny alike; what is not stored is a Deny
   * that says so, what is malformed is a 400, and nothing is an Allow by default.
   * @summary Decide
   * @returns The decision
   * @param prefer With `return=minimal` the answer is the decision, its reason and layer alone.
   * @example body {
   *   "principal": "arn:aws:iam::123412341234:user/MyUser",
   *   "action": "execute-api:Invoke",
   *   "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets",
   *   "endpoint": "vpce-1a2b3c4d",
   *   "context": { "aws:VpcSourceIp": "10.0.3.7", "aws:PrincipalTag/team": "blue" }
   * }
   */
  @Post('decisions')
  @Security('key', ['decide'])
  @Response<Problem>(422, '`invalid-policy`: a policy document in the request is not valid')
  @Example<Decision>(examples.allowed, 'Allow')
  @Example<MinimalDecision>(examples.minimal, 'Minimal')
  async decide(
    @Request() request: Incoming,
    @Body() body: DecisionRequest,
    @Header('Prefer') prefer?: string,
  ): Promise<Decision | MinimalDecision> {
    const answer = this.services.pdp.decide(body, this.options(request, prefer));
    // What is there already, as nearly always, need not be waited for.
    return this.given(request, answer instanceof Promise ? await answer : answer);
  }

  /**
   * Many decisions, all made at one revision and answered in the order of the questions. A malformed question is answered
   * with a Deny and its faults, and does not spoil the others.
   * @summary Decide many
   * @returns The decisions
   * @param prefer With `return=minimal` each answer is the decision, its reason and layer alone.
   * @example body {
   *   "requests": [
   *     {
   *       "principal": "arn:aws:iam::123412341234:user/MyUser",
   *       "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets",
   *       "endpoint": "vpce-1a2b3c4d"
   *     },
   *     {
   *       "principal": "arn:aws:iam::123412341234:user/MyUser",
   *       "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/DELETE/pets",
   *       "endpoint": "vpce-1a2b3c4d"
   *     }
   *   ]
   * }
   */
  @Post('decisions/batch')
  @Security('key', ['decide'])
  @Example<BatchAnswer>(examples.batch)
  async decideBatch(
    @Request() request: Incoming,
    @Body() body: BatchRequest,
    @Header('Prefer') prefer?: string,
  ): Promise<BatchAnswer> {
    const options = this.options(request, prefer);
    const answer = await this.services.pdp.decideBatch(body.requests, { ...options, shapeErrors });
    exchangeOf(request.res!).decided = answer.decisions.length;
    this.at(answer.revision);
    return answer;
  }

  /**
   * The decision for the same body as `POST /v1/decisions`, with every statement that was looked at, the way to the decision
   * in sentences, and for a Deny the smallest changes that would allow the call, as patches. Nothing is stored, or logged as a decision.
   * @summary Explain
   * @returns The decision and what led to it
   * @example body {
   *   "principal": "arn:aws:iam::123412341234:user/MyUser",
   *   "action": "execute-api:InvalidateCache",
   *   "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets",
   *   "endpoint": "vpce-1a2b3c4d"
   * }
   */
  @Post('decisions/explain')
  @Security('key', ['read'])
  @Response<Problem>(422, '`invalid-policy`: a policy document in the request is not valid')
  @Example<Explanation>(explained)
  async explain(@Request() request: Incoming, @Body() body: DecisionRequest): Promise<Explanation> {
    return this.given(request, await this.services.pdp.explain(body));
  }

  /**
   * Decides with the policies in the request; nothing is stored. With `endpoint` or `api` what the body leaves out comes
   * from those records, so that a draft can be tried against the real ones, as in the example. Without them anything goes:
   * any well-formed ARN, any context.
   * @summary Simulate
   * @returns The decision, with `explain` as an explanation
   * @param prefer With `return=minimal` the answer is the decision, its reason and layer alone.
   * @example body {
   *   "endpoint": "vpce-1a2b3c4d",
   *   "api": "a1b2c3d4e5",
   *   "endpointPolicy": {
   *     "Statement": {
   *       "Effect": "Allow",
   *       "Principal": "*",
   *       "Action": "execute-api:Invoke",
   *       "Resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/*"
   *     }
   *   },
   *   "request": {
   *     "principal": "arn:aws:iam::123412341234:user/MyUser",
   *     "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets"
   *   }
   * }
   */
  @Post('simulations')
  @Security('key', ['read'])
  @Response<Problem>(422, '`invalid-policy`: a policy document in the request is not valid')
  @Example<SimulationAnswer>(examples.simulated)
  async simulate(
    @Request() request: Incoming,
    @Body() body: SimulationRequest,
    @Header('Prefer') prefer?: string,
  ): Promise<SimulationAnswer> {
    return this.given(request, await this.services.pdp.simulate(body, this.options(request, prefer)));
  }

  private options(request: Incoming, prefer: string | undefined): AnswerOptions & Caller {
    const minimal = prefer !== undefined && RETURN_MINIMAL.test(prefer);
    if (minimal) this.setHeader('Preference-Applied', 'return=minimal');
    const { requestId, by } = this.caller(request);
    return { requestId, by, minimal };
  }
}

const shapeErrors = shapeOf('DecisionRequest');

/** RFC 7240: a list of preferences, of which those that we do not know are ignored. */
const RETURN_MINIMAL = /(?:^|[,;])\s*return\s*=\s*"?minimal"?\s*(?:$|[,;])/i;
