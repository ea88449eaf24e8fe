import { parseArn, VERBS } from '../policy/arn.js';
import { isDomain } from '../policy/domain-name.js';
import { type Issue, quoted } from '../policy/issue.js';
import { contextOf, keysOf } from './authzen-keys.js';
import { AUTHZEN, principalFor, resourceFor } from './authzen-names.js';
import { DEFAULT_ACTION, type DecisionBody } from './decision-request.js';
import { methodArn } from './method-arn.js';
import type { Api } from './records.js';

type Properties = Readonly<Record<string, unknown>>;

/** A subject or resource of AuthZEN. */
interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Properties;
}

/** AuthZEN's question: may this subject do this to that resource? */
export interface Evaluation {
  readonly subject: Entity;
  readonly action: { readonly name: string; readonly properties?: Properties };
  readonly resource: Entity;
  readonly context?: Properties;
}

/** Members that are no properties to judge by, but inputs of a decision, for those who speak of AWS. */
const OF_SUBJECT = ['identityPolicies', 'permissionsBoundary', 'sessionPolicies'] as const;
const OF_CONTEXT = ['endpoint', 'authorizerResult', 'authorizerPolicy'] as const;
const NONE: readonly string[] = [];
const NOTHING: Properties = {};

/**
 * The question that an evaluation stands for. What is of AWS says so by its type: subjects `aws` and `anonymous`, resources
 * `execute-api` and `route` (of an API). Everything else stands for a user and an ARN that AWS does not have.
 * @param apis the stored APIs
 * @returns the question, not yet checked in itself, or what is wrong with the evaluation
 */
export function questionFor(
  { subject, action, resource, context = NOTHING }: Evaluation,
  apis: (id: string) => Api | undefined,
): DecisionBody | readonly Issue[] {
  const issues: Issue[] = [];
  const report = (pointer: string, code: string, detail: string): string => {
    issues.push({ pointer, code, detail });
    return '';
  };
  for (const [pointer, text] of [
    ['/subject/type', subject.type],
    ['/subject/id', subject.id],
    ['/action/name', action.name],
    ['/resource/type', resource.type],
    ['/resource/id', resource.id],
  ] as const) {
    if (LONE_SURROGATE.test(text))
      report(pointer, 'malformed', 'holds half of a surrogate pair: RFC 7493, section 2.1');
  }

  const ofAws = subject.type === 'aws';
  const target = readTarget(action.name, resource, apis, report);
  const keys = contextOf([
    keysOf('subject', subject.properties ?? NOTHING, ofAws ? OF_SUBJECT : NONE),
    keysOf('action', action.properties ?? NOTHING, NONE),
    keysOf('resource', resource.properties ?? NOTHING, NONE),
    keysOf('context', context, target.native ? OF_CONTEXT : NONE),
  ]);
  if (target.native && context.endpoint === undefined) {
    report(
      '/context',
      'missing-member',
      '`endpoint` is missing: the id of the VPC endpoint that the call comes through',
    );
  }
  const body = {
    principal: readSubject(subject, report),
    action: target.action,
    resource: target.resource,
    endpoint: AUTHZEN,
    context: keys as Properties,
    ...(ofAws ? picked(subject.properties ?? {}, OF_SUBJECT) : {}),
    ...(target.native ? picked(context, OF_CONTEXT) : {}),
  };
  if (Array.isArray(keys)) issues.push(...keys);
  return issues.length > 0 ? issues : body;
}

const LONGEST_NAME = 128;

type Report = (pointer: string, code: string, detail: string) => string;

const LONE_SURROGATE = /\p{Surrogate}/u;

function readSubject({ type, id }: Entity, report: Report): string {
  if (type === 'aws') return id;
  // As long as a name may be at all, and before it is escaped, which takes its time.
  if (id.length > LONGEST_NAME) {
    return report('/subject/id', 'too-long', `must have at most ${LONGEST_NAME} characters`);
  }
  if (type !== 'anonymous') return principalFor(type, id);
  return id === '*' ? 'anonymous' : report('/subject/id', 'not-allowed-value', 'the id of an anonymous subject is `*`');
}

interface Target {
  /** Of API Gateway. */
  readonly native: boolean;
  readonly action: string;
  readonly resource: string;
}

function readTarget(
  action: string,
  { type, id, properties = {} }: Entity,
  apis: (id: string) => Api | undefined,
  report: Report,
): Target {
  const isVerb = VERBS.includes(action);
  if (type === 'execute-api') {
    if (!isVerb) return { native: true, action, resource: id };
    const path = parseArn(id)?.resource ?? '';
    if (path.split('/', 3)[2] !== action && !isDomain(path)) {
      report('/action/name', 'not-allowed-value', `${quoted(action)} is not the method in the ARN`);
    }
    return { native: true, action: DEFAULT_ACTION, resource: id };
  }
  if (type !== 'route' || properties.apiId === undefined) {
    return { native: false, action: DEFAULT_ACTION, resource: resourceFor(type, action, id) };
  }
  const { apiId, stage } = properties;
  if (!isVerb) report('/action/name', 'not-allowed-value', `a route is asked for with one of ${VERBS.join(', ')}`);
  if (!isWord(apiId)) report('/resource/properties/apiId', 'malformed', 'must be the id of an API');
  if (!isWord(stage)) report('/resource/properties/stage', 'malformed', 'must be the name of a stage');
  if (!id.startsWith('/')) report('/resource/id', 'malformed', 'the path of a route begins with `/`');
  const call = { api: String(apiId), stage: String(stage), verb: action, path: id };
  return { native: true, action: DEFAULT_ACTION, resource: methodArn(call, apis) };
}

const isWord = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,128}$/.test(value);

const picked = (from: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(from, name)).map((name) => [name, from[name]]));

/** Where the members of a question come from in an evaluation: what is wrong with them is told there. */
const ORIGINS: Readonly<Record<string, string>> = {
  principal: '/subject/id',
  action: '/action/name',
  resource: '/resource/id',
  ...Object.fromEntries(OF_SUBJECT.map((name) => [name, `/subject/properties/${name}`])),
  ...Object.fromEntries(OF_CONTEXT.map((name) => [name, `/context/${name}`])),
};

/** An issue of a question as one of the evaluation that it stands for. */
export function issueOfEvaluation({ pointer, ...issue }: Issue): Issue {
  const [, member = '', ...steps] = pointer.split('/');
  const origin = ORIGINS[member];
  return { ...issue, pointer: origin === undefined ? pointer : [origin, ...steps].join('/') };
}
