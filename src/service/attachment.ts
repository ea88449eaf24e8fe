import type { PolicyDocument, PolicyKind } from '../policy/document.js';
import { type AttachedApi, type Attachment, namedApis } from '../policy/lint-attached.js';
import type { Directory } from './directory.js';
import type { Api } from './records.js';

interface AttachedPolicy {
  readonly kind: PolicyKind;
  readonly document: PolicyDocument;
  readonly attachedTo: readonly string[];
}

/** What the linter is told of the records that a policy has to do with. */
export function attachmentOf(
  { kind, document, attachedTo }: AttachedPolicy,
  { apis, endpoints }: Directory,
): Attachment {
  const records = (ids: readonly string[]): AttachedApi[] => ids.flatMap((id) => apis.get(id) ?? []).map(attachedApi);
  if (kind === 'resource') return { apis: records(attachedTo), endpoints: [] };
  if (kind === 'identity') return { apis: [], endpoints: [] };
  return {
    apis: records(namedApis(document)),
    endpoints: attachedTo.flatMap((id) => endpoints.get(id) ?? []).map(({ id, body }) => ({ id, vpcId: body.vpcId })),
  };
}

const attachedApi = ({ id, partition, body, authorizationType }: Api): AttachedApi => ({
  id,
  partition,
  region: body.region,
  accountId: body.accountId,
  authorizationTypes: [...new Set(body.methods?.map((method) => method.authorizationType) ?? [authorizationType])],
});
