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
import type { Endpoint, EndpointId, EndpointList, EndpointWrite } from './wire-records.js';

@Route('v1/endpoints')
@Tags('Endpoints')
export class EndpointsController extends PosternController {
  /**
   * Creates or replaces the record of an interface VPC endpoint. It acts on the next decision. The policy that it names
   * must be a stored endpoint policy; null is AWS's default, full access.
   * @summary Store an endpoint
   * @example body {
   *   "vpcId": "vpc-1a2b3c4d",
   *   "region": "us-east-1",
   *   "policy": "two-apis",
   *   "description": "the endpoint of team blue"
   * }
   */
  @Put('{endpointId}')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'Replaced, or unchanged')
  @Response<Endpoint, { ETag: string; Location: string }>(201, 'Created', examples.endpoint)
  @Response<Problem>(409, '`unknown-attached-policy`: the record names a policy that does not exist')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Example<Endpoint>(examples.endpoint)
  async putEndpoint(
    @Request() request: Incoming,
    @Path() endpointId: EndpointId,
    @Body() body: EndpointWrite,
  ): Promise<Endpoint> {
    return this.written(request, await this.services.pap.endpoints.put(endpointId, body, this.writing(request)));
  }

  /**
   * All endpoints, bytewise by id.
   * @summary List endpoints
   * @returns A part of the list
   */
  @Get()
  @Security('key', ['read'])
  @Example<EndpointList>(examples.endpointList)
  async listEndpoints(@Queries() page: NamedPageQuery): Promise<EndpointList> {
    return this.read(await this.services.pap.endpoints.list({ limit: 100, ...page }));
  }

  /**
   * The record of an endpoint, as it was written.
   * @summary Read an endpoint
   */
  @Get('{endpointId}')
  @Security('key', ['read'])
  @SuccessResponse<{ ETag: string }>(200, 'The endpoint')
  @Response(304, 'The reader has it already: If-None-Match')
  @Response<Problem>(404, '`not-found`: there is no such endpoint')
  @Example<Endpoint>(examples.endpoint)
  async getEndpoint(@Request() request: Incoming, @Path() endpointId: EndpointId): Promise<Endpoint> {
    return this.readRecord(request, await this.services.pap.endpoints.get(endpointId));
  }

  /**
   * Removes the record of an endpoint: calls through it are denied from now on.
   * @summary Remove an endpoint
   */
  @Delete('{endpointId}')
  @Security('key', ['write'])
  @Tags('Removal')
  @Response<Problem>(404, '`not-found`: there is no such endpoint')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  async deleteEndpoint(@Request() request: Incoming, @Path() endpointId: EndpointId): Promise<void> {
    this.at((await this.services.pap.endpoints.delete(endpointId, this.writing(request))).revision);
  }
}
