import {
  Body,
  Delete,
  Example,
  Get,
  Path,
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
import { PosternController } from './controller.js';
import * as examples from './examples-records.js';
import type { NamedPageQuery, Problem } from './wire.js';
import type { Api, ApiId, ApiList, ApiWrite } from './wire-records.js';

@Route('v1/apis')
@Tags('APIs')
export class ApisController extends PosternController {
  /**
   * Creates or replaces the record of a REST API. It acts on the next decision: there is nothing to deploy. The policy that
   * it names must be a stored resource policy; a private API without one (null) denies every call.
   *
   * With `methods`, each call is judged by the authorization type of the method that it matches: of the entries of its
   * stage if there are any, else of those of `*`, the one with the most literal path, and in that the verb before `ANY`.
   * @summary Store an API
   * @example body {
   *   "accountId": "123412341234",
   *   "region": "us-east-1",
   *   "policy": "only-our-vpc",
   *   "methods": [
   *     { "stage": "prod", "httpMethod": "GET", "path": "/pets", "authorizationType": "NONE" },
   *     { "stage": "prod", "httpMethod": "GET", "path": "/orders/{orderId}", "authorizationType": "AWS_IAM" }
   *   ],
   *   "description": "pets and orders"
   * }
   */
  @Put('{apiId}')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'Replaced, or unchanged')
  @Response<Api, { ETag: string; Location: string }>(201, 'Created', examples.api)
  @Response<Problem>(409, '`unknown-attached-policy`: the record names a policy that does not exist')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Example<Api>(examples.api)
  async putApi(@Request() request: Incoming, @Path() apiId: ApiId, @Body() body: ApiWrite): Promise<Api> {
    return this.written(request, await this.services.pap.apis.put(apiId, body, this.writing(request)));
  }

  /**
   * All APIs, bytewise by id.
   * @summary List APIs
   * @returns A part of the list
   */
  @Get()
  @Security('key', ['read'])
  @Example<ApiList>(examples.apiList)
  async listApis(@Queries() page: NamedPageQuery): Promise<ApiList> {
    return this.read(await this.services.pap.apis.list({ limit: 100, ...page }));
  }

  /**
   * The record of an API, as it was written.
   * @summary Read an API
   */
  @Get('{apiId}')
  @Security('key', ['read'])
  @SuccessResponse<{ ETag: string }>(200, 'The API')
  @Response(304, 'The reader has it already: If-None-Match')
  @Response<Problem>(404, '`not-found`: there is no such API')
  @Example<Api>(examples.api)
  async getApi(@Request() request: Incoming, @Path() apiId: ApiId): Promise<Api> {
    return this.readRecord(request, await this.services.pap.apis.get(apiId));
  }

  /**
   * Removes the record of an API: calls of it are denied from now on.
   * @summary Remove an API
   */
  @Delete('{apiId}')
  @Security('key', ['write'])
  @Tags('Removal')
  @Response<Problem>(404, '`not-found`: there is no such API')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  async deleteApi(@Request() request: Incoming, @Path() apiId: ApiId): Promise<void> {
    this.at((await this.services.pap.apis.delete(apiId, this.writing(request))).revision);
  }
}
