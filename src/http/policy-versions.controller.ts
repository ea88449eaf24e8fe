import {
  Example,
  Get,
  Path,
  Post,
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
import { firstVersion } from './examples-changes.js';
import * as examples from './examples-policies.js';
import type { PageQuery, PolicyKind, PolicyName, Problem, VersionNumber } from './wire.js';
import type { DiffQuery, VersionDiff } from './wire-changes.js';
import type { Policy, PolicyVersion, PolicyVersionList } from './wire-policies.js';

@Route('v1/policies/{kind}/{name}/versions')
@Tags('Versions')
export class PolicyVersionsController extends PosternController {
  /**
   * All versions of a policy, the newest first, without their documents.
   * @summary List the versions of a policy
   * @returns A part of the history
   */
  @Get()
  @Security('key', ['read'])
  @Response<Problem>(404, '`not-found`: there is no such policy')
  @Example<PolicyVersionList>(examples.versionList)
  async listPolicyVersions(
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Queries() page: PageQuery,
  ): Promise<PolicyVersionList> {
    return this.read(await this.services.pap.policies.versions(kind, name, { limit: 100, ...page }));
  }

  /**
   * A version of a policy as it was written.
   * @summary Read a version of a policy
   */
  @Get('{version}')
  @Security('key', ['read'])
  @SuccessResponse<{ ETag: string }>(200, 'The version')
  @Response(304, 'The reader has it already: If-None-Match')
  @Response<Problem>(404, '`not-found`: there is no such version')
  @Example<PolicyVersion>(examples.version)
  async getPolicyVersion(
    @Request() request: Incoming,
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Path() version: VersionNumber,
  ): Promise<PolicyVersion> {
    return this.readRecord(request, await this.services.pap.policies.version(kind, name, version));
  }

  /**
   * What a version has changed, statement by statement, since the one before or the one that `with` names: what came, what
   * went, what is different in which element, and whether that can make a difference to a decision at all. Who wrote both
   * versions, and when.
   * @summary Compare versions of a policy
   * @returns What has changed
   */
  @Get('{version}/diff')
  @Security('key', ['read'])
  @Response<Problem>(404, '`not-found`: there is no such version, or no longer')
  @Example<VersionDiff>(firstVersion)
  async diffPolicyVersion(
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Path() version: VersionNumber,
    @Queries() query: DiffQuery,
  ): Promise<VersionDiff> {
    return this.read(await this.services.pap.policies.diff(kind, name, version, query.with));
  }

  /**
   * Writes the document and description of an older version again, as the newest version. It is checked as a new one would
   * be; restoring what is the newest already changes nothing.
   * @summary Restore a version of a policy
   */
  @Post('{version}/restore')
  @Security('key', ['write'])
  @SuccessResponse<{ ETag: string }>(200, 'The newest version now')
  @Response<Problem>(404, '`not-found`: there is no such version')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Response<Problem>(422, '`invalid-policy`: the document would not be accepted today')
  @Example<Policy>(examples.twoApis)
  async restorePolicyVersion(
    @Request() request: Incoming,
    @Path() kind: PolicyKind,
    @Path() name: PolicyName,
    @Path() version: VersionNumber,
  ): Promise<Policy> {
    return this.tagged(await this.services.pap.policies.restore(kind, name, version, this.writing(request)));
  }
}
