import { Body, Example, Extension, Post, Queries, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import { AcceptBody, linesOf } from './body-rules.js';
import { PosternController } from './controller.js';
import * as examples from './examples-replay.js';
import { shapeOf } from './schemas.js';
import type { Problem } from './wire.js';
import type { ReplayAnswer, ReplayQuery, ReplayRequest } from './wire-replay.js';

@Route('v1')
@Tags('Decisions')
export class ReplayController extends PosternController {
  /**
   * What decisions of a decision log would be by the policies as they are now, or by drafts of them: which would be others,
   * and how. Each is judged as of its own time, by the endpoints and APIs as they are now. Nothing is logged or written.
   *
   * A log is best sent as it is, as `application/x-ndjson`: then it is judged while it arrives. Drafts are lines
   * `{"type":"draft","kind":…,"name":…,"document":…}` before its first entry.
   * @summary Replay
   * @returns What would change
   * @example body {
   *   "policies": [
   *     {
   *       "kind": "endpoint",
   *       "name": "two-apis",
   *       "document": { "Statement": { "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" } }
   *     }
   *   ],
   *   "entries": [
   *     {
   *       "type": "decision",
   *       "decisionId": "0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e3f",
   *       "at": "2026-11-23T20:11:07.123Z",
   *       "request": {
   *         "principal": "arn:aws:iam::123412341234:user/MyUser",
   *         "resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets",
   *         "endpoint": "vpce-1a2b3c4d"
   *       },
   *       "answer": { "decision": "Allow", "reason": "ALLOWED", "layer": null }
   *     }
   *   ]
   * }
   */
  @Post('replay')
  @Security('key', ['read'])
  @AcceptBody({ maxLines: ({ maxImport }) => maxImport })
  @Extension('x-lines', 'Drafts, then the lines of a decision log.')
  @Response<Problem>(422, '`invalid-policy`: a draft is not valid')
  @Example<ReplayAnswer>(examples.replayed)
  async replay(
    @Request() request: Incoming,
    @Queries() query: ReplayQuery,
    @Body() body: ReplayRequest,
  ): Promise<ReplayAnswer> {
    const { limit = 1000 } = query;
    const answer = await this.services.replay.run(linesOf(request) ?? body, { most: limit, shapeErrors });
    this.at(answer.revision);
    return answer;
  }
}

const shapeErrors = shapeOf('DecisionRequest');
