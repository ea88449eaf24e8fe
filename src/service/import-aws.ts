import { pointerTo, quoted } from '../policy/issue.js';
import { AwsEntry, asDescription, ImportIssues, isIncomplete, isObject } from './aws-entry.js';
import { type ApiMethods, readAwsMethods } from './aws-methods.js';
import { type AwsPolicy, readAwsPolicy } from './aws-policy.js';
import { inTurns } from './in-turns.js';
import type { PolicyLimits } from './policy-sources.js';
import type { ApiBody } from './records.js';

/** What the AWS CLI prints, of one account and Region. AWS may print any more members than those that are read here. */
export interface AwsOutput {
  readonly accountId: string;
  readonly region: string;
  /** `aws ec2 describe-vpc-endpoints` */
  readonly vpcEndpoints?: { readonly VpcEndpoints: readonly unknown[] };
  /** `aws apigateway get-rest-apis` */
  readonly restApis?: { readonly items: readonly unknown[] };
  /** `aws apigateway get-resources --embed methods`, by the id of the API. */
  readonly resources?: { readonly [apiId: string]: unknown };
}

/** What AWS says of its endpoints and APIs, whatever is stored here. */
export interface AwsInventory {
  readonly endpoints: readonly AwsEndpoint[];
  readonly apis: readonly AwsApi[];
  /** Methods of APIs that the output has no other word about. */
  readonly otherMethods: readonly AwsMethods[];
  readonly issues: ImportIssues;
}

interface AwsEndpoint {
  readonly pointer: string;
  readonly id: string;
  readonly vpcId: string;
  readonly region: string;
  readonly policy: AwsPolicy | null;
  /** What people call it: its Name tag. */
  readonly name: string | undefined;
}

interface AwsApi {
  readonly pointer: string;
  readonly id: string;
  readonly endpointType: NonNullable<ApiBody['endpointType']>;
  readonly policy: AwsPolicy | null;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Undefined where the output does not say. */
  readonly methods: ApiMethods | undefined;
}

interface AwsMethods {
  readonly pointer: string;
  readonly apiId: string;
  readonly methods: ApiMethods;
}

/** Reads everything that can be read; an entry with an error is left out, and nothing else is. */
export async function readAwsOutput(output: AwsOutput, limits: PolicyLimits): Promise<AwsInventory> {
  const inventory = { endpoints: [] as AwsEndpoint[], apis: [] as AwsApi[], otherMethods: [] as AwsMethods[] };
  const issues = new ImportIssues();

  const endpointIds = new Map<string, string>();
  for await (const [value, index] of inTurns(output.vpcEndpoints?.VpcEndpoints ?? [])) {
    const entry = new AwsEntry(value, `/vpcEndpoints/VpcEndpoints/${index}`);
    const endpoint = readEndpoint(entry, limits);
    if (endpoint !== undefined) {
      refuseSecond(entry, endpoint.id, endpointIds);
      warnOfRegion(entry, endpoint.region, output.region);
    }
    issues.addAll(entry.issues);
    if (endpoint !== undefined && entry.ok) inventory.endpoints.push(endpoint);
  }
  warnIfIncomplete(output.vpcEndpoints, '/vpcEndpoints', issues);

  const methods = new Map<string, AwsMethods | undefined>();
  for await (const [[apiId, value]] of inTurns(Object.entries(output.resources ?? {}))) {
    const entry = new AwsEntry(value, pointerTo('/resources', apiId));
    const read = readAwsMethods(entry);
    issues.addAll(entry.issues);
    methods.set(apiId, entry.ok ? { pointer: entry.pointer, apiId, methods: read } : undefined);
  }

  const apiIds = new Map<string, string>();
  const mentioned = new Set<unknown>();
  for await (const [value, index] of inTurns(output.restApis?.items ?? [])) {
    const entry = new AwsEntry(value, `/restApis/items/${index}`);
    const api = readApi(entry, limits);
    refuseSecond(entry, api.id, apiIds);
    issues.addAll(entry.issues);
    mentioned.add(entry.get('id'));
    // With some of its methods missing, a call could be judged by a wider one: an API comes with all of them or not at all.
    const isComplete = !methods.has(api.id) || methods.get(api.id) !== undefined;
    if (entry.ok && isComplete) inventory.apis.push({ ...api, methods: methods.get(api.id)?.methods });
  }
  warnIfIncomplete(output.restApis, '/restApis', issues);

  for (const [apiId, read] of methods)
    if (read !== undefined && !mentioned.has(apiId)) inventory.otherMethods.push(read);
  return { ...inventory, issues };
}

const ENDPOINT_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const VPC_ID = /^vpc-[A-Za-z0-9-]{1,64}$/;
const API_ID = /^[A-Za-z0-9]{1,64}$/;
const SERVICE = /^(?:cn\.)?com\.amazonaws\.([a-z0-9-]{1,64})\.execute-api$/;
/** States in which no call comes through any more, and never will: EC2 API Reference, `VpcEndpoint`. */
const GONE = ['deleting', 'deleted', 'rejected', 'failed', 'expired'];

/** @returns undefined for what is no interface endpoint of execute-api, or has gone */
function readEndpoint(entry: AwsEntry, limits: PolicyLimits): AwsEndpoint | undefined {
  const service = entry.text('ServiceName', /^[^\s]+$/);
  const [, region] = SERVICE.exec(service) ?? [];
  const type = entry.get('VpcEndpointType');
  if (region === undefined || (type !== undefined && type !== 'Interface')) return undefined;
  const state = entry.get('State');
  if (typeof state === 'string' && GONE.includes(state.toLowerCase())) {
    entry.note('info', '/State', 'endpoint-gone', `the endpoint is ${quoted(state)}: it is not imported`);
    return undefined;
  }
  const id = entry.text('VpcEndpointId', ENDPOINT_ID);
  const vpcId = entry.text('VpcId', VPC_ID);
  const policy = readPolicy(entry, 'PolicyDocument', 'endpoint', limits);
  if (entry.ok && (policy === null || policy.isDefault)) {
    const detail = 'this is the default policy of AWS: stored as `policy: null`, full access';
    entry.note('info', policy === null ? '' : '/PolicyDocument', 'default-policy', detail);
  }
  return {
    pointer: entry.pointer,
    id,
    vpcId,
    region,
    policy: policy?.isDefault ? null : policy,
    name: asDescription(nameTag(entry.get('Tags'))),
  };
}

function nameTag(tags: unknown): string | undefined {
  const tag = Array.isArray(tags) ? tags.find((each) => isObject(each) && each.Key === 'Name') : undefined;
  return typeof tag?.Value === 'string' && tag.Value !== '' ? tag.Value : undefined;
}

const ENDPOINT_TYPES: readonly unknown[] = ['PRIVATE', 'REGIONAL', 'EDGE'];

function readApi(entry: AwsEntry, limits: PolicyLimits): Omit<AwsApi, 'methods'> {
  const id = entry.text('id', API_ID);
  const configuration = entry.get('endpointConfiguration');
  const types: unknown = isObject(configuration) ? configuration.types : undefined;
  const [type] = Array.isArray(types) && types.length === 1 ? types : [];
  if (entry.ok && !ENDPOINT_TYPES.includes(type)) {
    const detail = `must hold \`types\` with one of ${ENDPOINT_TYPES.join(', ')}, as AWS prints it`;
    entry.fail('/endpointConfiguration', 'malformed', detail);
  }
  const policy = readPolicy(entry, 'policy', 'resource', limits);
  if (entry.ok && policy === null && type === 'PRIVATE') {
    const detail = 'the API has no resource policy: every call is denied until it has one';
    entry.note('info', '', 'no-resource-policy', detail);
  }
  return {
    pointer: entry.pointer,
    id,
    endpointType: type as AwsApi['endpointType'],
    policy,
    name: asDescription(entry.optionalText('name')),
    description: asDescription(entry.optionalText('description')),
  };
}

function readPolicy(
  entry: AwsEntry,
  member: 'PolicyDocument' | 'policy',
  kind: 'endpoint' | 'resource',
  limits: PolicyLimits,
): AwsPolicy | null {
  const text = entry.optionalText(member);
  if (text === undefined) return null;
  const policy = readAwsPolicy(kind, text, limits);
  if ('digest' in policy) return policy;
  for (const { pointer, code, detail } of policy) entry.fail(`/${member}${pointer}`, code, detail);
  return null;
}

/** Two entries for one id: the first counts, and the other is reported. */
function refuseSecond(entry: AwsEntry, id: string, seen: Map<string, string>): void {
  if (id === '') return;
  const before = seen.get(id);
  if (before === undefined) seen.set(id, entry.pointer);
  else entry.fail('', 'duplicate-entry', `\`${before}\` has the same id`);
}

function warnOfRegion(entry: AwsEntry, region: string, apiRegion: string): void {
  if (region === apiRegion) return;
  const detail = `the endpoint is in ${quoted(region)}: no API of ${quoted(apiRegion)} can be reached through it`;
  entry.note('warning', '/ServiceName', 'other-region', detail);
}

function warnIfIncomplete(output: object | undefined, pointer: string, issues: ImportIssues): void {
  if (output === undefined || !isIncomplete(new AwsEntry(output, pointer))) return;
  const detail = 'there are more entries than these: let the CLI print all pages';
  issues.add({ pointer, code: 'incomplete-output', detail, severity: 'warning' });
}
