import type { PolicyKind } from '../policy/document.js';
import type { ImportIssues } from './aws-entry.js';
import type { AwsPolicy } from './aws-policy.js';
import type { Directory } from './directory.js';
import type { AwsInventory, AwsOutput } from './import-aws.js';
import type { Wanted, WantedPolicy, WantedRecord } from './import-plan.js';
import type { ApiBody, EndpointBody } from './records.js';

/** Something of AWS that has a policy, or none. */
interface Holder {
  readonly pointer: string;
  readonly id: string;
  readonly policy: AwsPolicy | null;
}

/**
 * What AWS has as the records and policies to be stored. What AWS knows nothing of (the context, an own description) stays
 * as it is stored; so the same output, imported again, changes nothing.
 * What is to be said of that is added to the issues of the inventory.
 * @param dedupe whether identical documents of one kind are one policy
 */
export function awsRecords(
  { accountId, region }: Pick<AwsOutput, 'accountId' | 'region'>,
  inventory: AwsInventory,
  directory: Directory,
  dedupe: boolean,
): Wanted {
  const { issues } = inventory;
  const endpointPolicies = named('endpoint', inventory.endpoints, directory, dedupe, issues);
  const apiPolicies = named('resource', inventory.apis, directory, dedupe, issues);

  const endpoints = inventory.endpoints.map((endpoint): WantedRecord<EndpointBody> => {
    const { id, vpcId, name } = endpoint;
    const stored = directory.endpoints.get(id)?.body;
    const policy = endpointPolicies.nameOf(endpoint);
    const description = stored?.description ?? name;
    return { id, body: { ...stored, vpcId, region: endpoint.region, policy, description } };
  });

  const apis = inventory.apis.map((api): WantedRecord<ApiBody> => {
    const { id, pointer, name, description } = api;
    const stored = directory.apis.get(id)?.body;
    const methods = api.methods ?? stored?.methods ?? [];
    if (api.methods === undefined && methods.length === 0 && api.endpointType === 'PRIVATE') {
      const detail = '`resources` says nothing of this API, so it has no methods: every call is denied until it has';
      issues.add({ pointer, code: 'no-methods', detail, severity: 'warning' });
    }
    const body: ApiBody = {
      ...stored,
      accountId,
      region,
      // What says the same as no member at all is left as it was written.
      partition: same(partitionOf(region), stored?.partition, 'aws'),
      endpointType: stored === undefined ? api.endpointType : same(api.endpointType, stored.endpointType, 'PRIVATE'),
      policy: apiPolicies.nameOf(api),
      methods,
      description: description ?? stored?.description ?? name,
    };
    return { id, body };
  });

  for (const { apiId, pointer, methods } of inventory.otherMethods) {
    const stored = directory.apis.get(apiId);
    if (stored !== undefined) {
      apis.push({ id: apiId, body: { ...stored.body, methods } });
    } else {
      const detail = 'the API is neither in `restApis` nor stored here';
      issues.add({ pointer, code: 'unknown-api', detail, severity: 'error' });
    }
  }
  return { policies: [...endpointPolicies.policies, ...apiPolicies.policies], endpoints, apis };
}

const same = <T>(value: T, stored: T | undefined, fallback: T): T | undefined =>
  value === (stored ?? fallback) ? stored : value;

/** AWS General Reference, "Amazon Resource Names": which Regions are of another partition. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

const partitionOf = (region: string): string => PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';

/** Policies are called what their holders are; of several that share one, the bytewise first gives its name. */
function named(
  kind: PolicyKind,
  holders: readonly Holder[],
  directory: Directory,
  dedupe: boolean,
  issues: ImportIssues,
): { readonly policies: readonly WantedPolicy[]; nameOf(holder: Holder): string | null } {
  const names = new Map<string, string>();
  for (const { id, policy } of dedupe ? holders : []) {
    if (policy === null) continue;
    const first = names.get(policy.digest);
    if (first === undefined || id < first) names.set(policy.digest, id);
  }
  const nameOf = ({ id, policy }: Holder): string | null => policy && (names.get(policy.digest) ?? id);

  const imported = new Set(holders.map(({ id }) => id));
  const policies: WantedPolicy[] = [];
  for (const holder of holders) {
    const { id, pointer, policy } = holder;
    if (policy === null || nameOf(holder) !== id) continue;
    const { document, digest } = policy;
    const stored = directory.policy(kind, id);
    policies.push({ kind, name: id, document, digest, description: stored?.description ?? null });
    if (stored === undefined || stored.digest === digest) continue;
    const others = directory.attachedTo(kind, id).filter((other) => !imported.has(other));
    if (others.length === 0) continue;
    const detail = `the stored policy \`${id}\` becomes this one, also for what is not in this import: ${some(others)}`;
    issues.add({ pointer, code: 'shared-policy', detail, severity: 'warning' });
  }
  return { policies, nameOf };
}

const some = (ids: readonly string[]): string => `${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', …' : ''}`;
