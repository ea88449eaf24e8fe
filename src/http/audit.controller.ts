import { Example, Get, Queries, Route, Security, Tags } from '@tsoa/runtime';
import { PosternController } from './controller.js';
import * as examples from './examples-keys.js';
import type { AuditList, AuditQuery } from './wire-audit.js';

@Route('v1/audit')
@Tags('Audit')
export class AuditController extends PosternController {
  /**
   * Who has written what, and when, and for which request; of policies from which version to which. An entry is made with
   * the write that it tells of, or not at all, and nothing changes it. `GET …/versions/{version}/diff` says what was written.
   *
   * It goes back as far as `GET /v1/changes`: for ever, unless `POSTERN_RETAIN_CHANGES` says for how long.
   * @summary Read who has written what
   * @returns A part of it
   */
  @Get()
  // Not `read`: it names keys and those who hold them.
  @Security('key', ['admin'])
  @Example<AuditList>(examples.audit)
  async listAudit(@Queries() query: AuditQuery): Promise<AuditList> {
    return this.read(await this.services.audit.read({ limit: 100, ...query }));
  }
}
