import type { ContextEntries } from '../decision/context.js';
import { unfixable } from '../decision/context.js';
import type { AuthorizationType } from '../decision/decision.js';
import { type ConfiguredMethod, type Method, MethodTable, methodIssues } from '../decision/methods.js';
import type { ApiFacts, EndpointFacts } from '../decision/target.js';
import { type Issue, pointerTo } from '../policy/issue.js';
import { parseContext } from '../policy/request.js';
import type { StoredRecord } from '../store/store.js';

type Scalar = string | number | boolean;

/** Condition keys and their values, as JSON has them. */
export interface ContextBody {
  readonly [key: string]: Scalar | readonly Scalar[];
}

/** What a caller writes of an interface VPC endpoint. */
export interface EndpointBody {
  vpcId: string;
  region?: string;
  policy: string | null;
  context?: ContextBody;
  description?: string;
}

/** What a caller writes of a REST API. */
export interface ApiBody {
  accountId: string;
  region: string;
  partition?: string;
  endpointType?: 'PRIVATE' | 'REGIONAL' | 'EDGE';
  policy: string | null;
  authorizationType?: AuthorizationType;
  methods?: readonly {
    stage?: string;
    httpMethod: ConfiguredMethod;
    path: string;
    authorizationType: AuthorizationType;
  }[];
  context?: ContextBody;
  description?: string;
}

interface RecordHead {
  readonly id: string;
  readonly policy: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A stored endpoint, ready for decisions. */
export interface Endpoint extends RecordHead, EndpointFacts {
  readonly body: EndpointBody;
  /** Null where the record fixes none. */
  readonly keys: ContextEntries | null;
}

/** A stored API, ready for decisions. */
export interface Api extends RecordHead, ApiFacts {
  readonly body: ApiBody;
  /** Null where the record fixes none. */
  readonly keys: ContextEntries | null;
}

const keysOf = (context: ContextBody | undefined): ContextEntries | null =>
  context === undefined ? null : parseContext(context, '').entries;

const headOf = ({ id, policy, revision, createdAt, updatedAt }: StoredRecord): RecordHead => ({
  id,
  policy,
  revision,
  createdAt,
  updatedAt,
});

export function readEndpoint(record: StoredRecord): Endpoint {
  const body = JSON.parse(record.body) as EndpointBody;
  return { ...headOf(record), body, region: body.region ?? null, keys: keysOf(body.context) };
}

export function readApi(record: StoredRecord): Api {
  const body = JSON.parse(record.body) as ApiBody;
  const { accountId: account, region, partition = 'aws' } = body;
  return {
    ...headOf(record),
    body,
    arn: `arn:${partition}:execute-api:${region}:${account}:${record.id}/`,
    account,
    region,
    partition,
    endpointType: body.endpointType ?? 'PRIVATE',
    authorizationType: body.authorizationType ?? 'NONE',
    methods: body.methods === undefined ? null : new MethodTable(body.methods.map(withStage)),
    keys: keysOf(body.context),
  };
}

const withStage = (method: NonNullable<ApiBody['methods']>[number]): Method => ({ stage: '*', ...method });

/** Faults of a record that its JSON schema cannot tell. */
export function recordIssues({ context = {}, methods = [] }: Pick<ApiBody, 'context' | 'methods'>): Issue[] {
  return [...contextIssues(context), ...methodIssues(methods.map(withStage), '/methods')];
}

function contextIssues(context: ContextBody): Issue[] {
  const { issues } = parseContext(context, '/context');
  const fixed = Object.keys(context).flatMap((name) => {
    const detail = unfixable(name);
    return detail === undefined ? [] : [{ pointer: pointerTo('/context', name), code: 'derived-key', detail }];
  });
  return [...issues, ...fixed];
}
