import {
  Body,
  Delete,
  Example,
  Extension,
  Get,
  Path,
  Post,
  Put,
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import { AcceptBody, duplicatesOf } from './body-rules.js';
import { PosternController } from './controller.js';
import * as examples from './examples-policies.js';
import type { NamedPageQuery, PolicyKind, PolicyName, Problem } from './wire.js';
import type { Policy, PolicyList, PolicyQuery, PolicyWrite, Validation, ValidationRequest } from './wire-policies.js';

@Route('v1/policies')
@Tags('Policies')
export class PoliciesController extends PosternController {
  /**
   * Creates the policy or writes its next version; the change takes effect at once wherever it is attached. Every statement of an
   * endpoint policy names a Principal or NotPrincipal, and the document has at most 20,480 characters.
   *
   * This is `PUT /v1/policies/{kind}/{name}` for the kind `endpoint`, shown on its own for what is particular to it.
   * @summary Store an endpoint policy
   * @example body {
   *   "description": "two APIs, for everybody",
   *   "document": {
   *     "Statement": {
   *       "Effect": "Allow",
   *       "Principal": "*",
   *       "Action": ["execute-api:Invoke"],
   *       "Resource": [
   *         "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*",
   *         "arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*"
   *       ]
   *     }
   *   }
   * }
   */
  @Put('endpoint/{name}')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'Replaced by the next version, or unchanged')
  @Response<Policy, { ETag: string; Location: string }>(201, 'Created', examples.twoApis)
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Response<Problem>(422, '`invalid-policy`: the document is not a valid endpoint policy')
  @Example<Policy>(examples.twoApis)
  @Extension('x-parameter-examples', { name: 'two-apis' })
  async putEndpointPolicy(
    @Request() request: Incoming,
    @Path() name: PolicyName,
    @Body() body: PolicyWrite,
  ): Promise<Policy> {
    return this.put(request, 'endpoint', name, body);
  }

  /**
   * Creates the policy or writes its next version; the change takes effect at once wherever it is attached. Every statement of a
   * resource policy names a Principal or NotPrincipal, and the document has at most 8,192 characters. The short form
   * `execute-api:/stage/VERB/path` is kept as written and means that tail of the API being called, so that one policy
   * serves many APIs.
   *
   * This is `PUT /v1/policies/{kind}/{name}` for the kind `resource`, shown on its own for what is particular to it.
   * @summary Store a resource policy
   * @example body {
   *   "description": "whoever comes through our VPC",
   *   "document": {
   *     "Version": "2012-10-17",
   *     "Statement": [
   *       { "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*" },
   *       {
   *         "Sid": "OnlyOurVpc",
   *         "Effect": "Deny",
   *         "Principal": "*",
   *         "Action": "execute-api:Invoke",
   *         "Resource": "execute-api:/*",
   *         "Condition": { "StringNotEquals": { "aws:SourceVpc": "vpc-1a2b3c4d" } }
   *       }
   *     ]
   *   }
   * }
   */
  @Put('resource/{name}')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'Replaced by the next version, or unchanged')
  @Response<Policy, { ETag: string; Location: string }>(201, 'Created', examples.onlyOurVpc)
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Response<Problem>(422, '`invalid-policy`: the document is not a valid resource policy')
  @Example<Policy>(examples.onlyOurVpc)
  @Extension('x-parameter-examples', { name: 'only-our-vpc' })
  async putResourcePolicy(
    @Request() request: Incoming,
    @Path() name: PolicyName,
    @Body() body: PolicyWrite,
  ): Promise<Policy> {
    return this.put(request, 'resource', name, body);
  }

  /**
   * Creates the policy or writes its next version. Writing what is already there changes nothing, not even the ETag.
   * An identity policy, as in the example, has no Principal and at most 10,240 characters; requests for a decision name it
   * as a policy of the caller, as a permissions boundary, or as a session policy.
   * @summary Store a policy
   * @example body {
   *   "description": "what readers of orders may do",
   *   "document": {
   *     "Version": "2012-10-17",
   *     "Statement": {
   *       "Effect": "Allow",
   *       "Action": "execute-api:Invoke",
   *       "Resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/orders/*"
   *     }
   *   }
   * }
   */
  @Put('{kind}/{name}')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'Replaced by the next version, or unchanged')
  @Response<Policy, { ETag: string; Location: string }>(201, 'Created', examples.ordersReader)
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Response<Problem>(422, '`invalid-policy`: the document is not a valid policy of this kind')
  @Example<Policy>(examples.ordersReader)
  @Extension('x-parameter-examples', { kind: 'identity', name: 'orders-reader' })
  async putPolicy(
    @Request() request: Incoming,
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Body() body: PolicyWrite,
  ): Promise<Policy> {
    return this.put(request, kind, name, body);
  }

  /**
   * The policies of one kind, bytewise by name, without their documents.
   * @summary List policies
   * @returns A part of the list
   */
  @Get('{kind}')
  @Security('key', ['read'])
  @Example<PolicyList>(examples.policyList)
  async listPolicies(@Path() kind: PolicyKind, @Queries() page: NamedPageQuery): Promise<PolicyList> {
    return this.read(await this.services.pap.policies.list(kind, { limit: 100, ...page }));
  }

  /**
   * The newest version of a policy, with advice on it.
   * @summary Read a policy
   */
  @Get('{kind}/{name}')
  @Security('key', ['read'])
  @SuccessResponse<{ ETag: string }>(200, 'The policy')
  @Response(304, 'The reader has it already: If-None-Match')
  @Response<Problem>(404, '`not-found`: there is no such policy')
  @Example<Policy>(examples.twoApis)
  async getPolicy(
    @Request() request: Incoming,
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Queries() query: PolicyQuery,
  ): Promise<Policy> {
    const attached = query.findings ?? false;
    return this.readRecord(request, await this.services.pap.policies.get(kind, name, { attached }));
  }

  /**
   * Says what storing the document would say, and stores nothing: what would stop it, keys that occur twice among it, and
   * advice. The answer is 200 for a document that is not valid, too.
   * @summary Check a document
   * @returns What storing the document would say
   * @example body {
   *   "document": {
   *     "Version": "2012-10-17",
   *     "Statement": {
   *       "Effect": "Allow",
   *       "Principal": "*",
   *       "Action": "execute-api:Invoke",
   *       "Resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*",
   *       "Condition": { "StringEquals": { "aws:PrincipalArn": "arn:aws:iam::123412341234:role/team-*" } }
   *     }
   *   }
   * }
   */
  @Post('{kind}/validate')
  @Security('key', ['read'])
  @AcceptBody({ duplicatesBelow: '/document' })
  @Example<Validation>(examples.validation)
  async validatePolicy(
    @Request() request: Incoming,
    @Path() kind: PolicyKind,
    @Body() body: ValidationRequest,
  ): Promise<Validation> {
    const duplicates = duplicatesOf(request);
    return this.read(await this.services.pap.policies.validate(kind, body.document, duplicates));
  }

  /**
   * Removes a policy that no endpoint and no API names. If it is created again, its version numbers continue.
   * @summary Remove a policy
   */
  @Delete('{kind}/{name}')
  @Security('key', ['write'])
  @Tags('Removal')
  @Response<Problem>(404, '`not-found`: there is no such policy')
  @Response<Problem>(409, '`policy-attached`: endpoints or APIs name the policy; the detail says which')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Extension('x-parameter-examples', { kind: 'identity', name: 'orders-reader' })
  async deletePolicy(@Request() request: Incoming, @Path() kind: PolicyKind, @Path() name: PolicyName): Promise<void> {
    this.at((await this.services.pap.policies.delete(kind, name, this.writing(request))).revision);
  }

  private async put(request: Incoming, kind: PolicyKind, name: string, policy: PolicyWrite): Promise<Policy> {
    return this.written(request, await this.services.pap.policies.put(kind, name, policy, this.writing(request)));
  }
}
