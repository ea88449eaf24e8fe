/** Which parts of the language a body uses, as tags, to see that the generator reaches all of them. */
import { baseOperators, contextValue, readOperator } from '../conditions.js';
import { completed } from '../context.js';
import { splitArn } from '../glob.js';
import { accountOf, readCaller } from '../principals.js';
import {
  type Context,
  listOf,
  type PolicyDocument,
  type Scalar,
  type SimulationBody,
  type Statement,
} from '../types.js';
import { readInstant } from '../values.js';
import { familyOf } from './draw-condition.js';
import { keys } from './vocabulary.js';

const operatorTags = [
  'Null',
  'ForAllValues:Null',
  'ForAnyValue:Null',
  ...['', 'ForAllValues:', 'ForAnyValue:'].flatMap((qualifier) =>
    ['', 'IfExists'].flatMap((ending) => baseOperators.map((base) => `${qualifier}${base}${ending}`)),
  ),
].map((operator) => `operator ${operator}`);

const tags = {
  body: [
    'scope full',
    'scope endpoint',
    'scope absent',
    'endpoint policy absent',
    'endpoint policy null',
    'resource policy missing',
    'type absent',
    'type NONE',
    'type AWS_IAM',
    'type CUSTOM',
    'type COGNITO_USER_POOLS',
    'result Allow',
    'result Silent',
    'result Deny',
    'result Unauthorized',
    'result Authenticated',
    'result Unauthenticated',
    'authorizer policy',
    'identity policies',
    'identity policies empty',
    'boundary',
    'session policies',
  ],
  caller: [
    'caller user',
    'caller role',
    'caller session',
    'caller federated',
    'caller root',
    'caller service',
    'caller anonymous',
    'caller with path',
    'same account',
    'other account',
  ],
  request: [
    'action absent',
    'domain resource',
    'colons in path',
    'wildcard characters in resource',
    'variable text in resource',
    'beyond Latin in resource',
    'newline in request',
    'empty set',
    'JSON number in context',
    'JSON Boolean in context',
    'key in other case',
    'derived key given',
  ],
  document: [
    'version 2012-10-17',
    'version 2008-10-17',
    'version absent',
    'one statement bare',
    'more than five statements',
    'effect Allow',
    'effect Deny',
    'no condition',
    'several keys',
    'variable in older version',
    'beyond Latin in policy',
  ],
  principal: [
    'principal *',
    'principal AWS *',
    'principal account id',
    'principal root ARN',
    'principal user',
    'principal role',
    'principal session',
    'principal federated-user',
    'principal Service',
    'principal Federated',
    'principal CanonicalUser',
    'principal unique id',
    'NotPrincipal',
    'NotPrincipal with boundary',
    'NotPrincipal everyone',
  ],
  action: ['NotAction', 'action *', 'action *:*', 'action with *', 'action with ?', 'action of another service'],
  resource: [
    'NotResource',
    'resource *',
    'resource *:*',
    'resource short form',
    'resource short form with variable',
    'resource head * at the end of a field',
    'resource head * inside a field',
    'resource head ?',
    'resource with fewer fields',
    'resource tail *',
    'resource tail ?',
    'resource with variable',
  ],
  value: [
    'several values',
    'JSON number in policy',
    'JSON Boolean in policy',
    'variable',
    'variable with default',
    'variable without value',
    'literal ${*} ${?} ${$}',
    'key absent',
    'array under plain operator',
    'set of several',
    'unreadable value',
    'IPv6 block',
    'IPv4 block',
    'address without length',
    'date with offset',
    'date as epoch',
    'date without time',
    'date with fraction',
    'long number',
    'ARN from variable',
  ],
} as const;

/** Every tag there is. */
export const allFeatures: readonly string[] = [...Object.values(tags).flat(), ...operatorTags];

export function features(body: SimulationBody): Set<string> {
  const found = new Set<string>();
  const note = (tag: string, used: boolean) => used && found.add(tag);
  bodyFeatures(body, note);
  requestFeatures(body, note);
  const { principal, resource, context = {} } = body.request;
  const full = completed(context, readCaller(principal), resource);
  for (const document of documentsOf(body)) documentFeatures(document, note);
  for (const document of documentsOf(body)) {
    for (const statement of listOf(document.Statement)) {
      statementFeatures(statement, body.permissionsBoundary !== undefined, note);
      conditionFeatures(statement, full, document.Version === '2012-10-17', note);
    }
  }
  return found;
}

type Note = (tag: string, used: boolean) => void;

function documentsOf(body: SimulationBody): PolicyDocument[] {
  const single = [body.endpointPolicy, body.resourcePolicy, body.permissionsBoundary, body.authorizerPolicy];
  const several = [...(body.identityPolicies ?? []), ...(body.sessionPolicies ?? [])];
  return [...single.filter((document) => document != null), ...several];
}

function bodyFeatures(body: SimulationBody, note: Note): void {
  note(`scope ${body.scope ?? 'absent'}`, true);
  note('endpoint policy absent', body.endpointPolicy === undefined);
  note('endpoint policy null', body.endpointPolicy === null);
  note('resource policy missing', body.resourcePolicy == null);
  note(`type ${body.authorizationType ?? 'absent'}`, true);
  note(`result ${body.authorizerResult}`, body.authorizerResult !== undefined);
  note('authorizer policy', body.authorizerPolicy !== undefined);
  note('identity policies', (body.identityPolicies?.length ?? 0) > 0);
  note('identity policies empty', body.identityPolicies?.length === 0);
  note('boundary', body.permissionsBoundary !== undefined);
  note('session policies', (body.sessionPolicies?.length ?? 0) > 0);
}

function requestFeatures(body: SimulationBody, note: Note): void {
  const { principal, action, resource, context = {} } = body.request;
  const caller = readCaller(principal);
  const account = accountOf(caller);
  note(`caller ${caller.type}`, true);
  note('caller with path', /:(user|role)\/.+\//.test(principal));
  note('same account', account !== undefined && account === splitArn(resource)![4]);
  note('other account', account !== undefined && account !== splitArn(resource)![4]);
  note('action absent', action === undefined);
  note('domain resource', resource.includes(':/domainnames/'));
  note('colons in path', splitArn(resource)![5]!.includes(':'));
  note('wildcard characters in resource', /[*?]/.test(resource));
  note('variable text in resource', resource.includes('${'));
  note('beyond Latin in resource', /[^\n\u0020-\u00ff]/.test(resource));
  const values = Object.values(context).flatMap((value) => listOf<Scalar>(value));
  note('newline in request', resource.includes('\n') || values.some((value) => String(value).includes('\n')));
  note(
    'empty set',
    Object.values(context).some((value) => Array.isArray(value) && value.length === 0),
  );
  note(
    'JSON number in context',
    values.some((value) => typeof value === 'number'),
  );
  note(
    'JSON Boolean in context',
    values.some((value) => typeof value === 'boolean'),
  );
  for (const name of Object.keys(context)) {
    const key = keys.find((known) => known.name.toLowerCase() === name.toLowerCase());
    note('key in other case', key?.name !== name);
    note('derived key given', key?.derived === true);
  }
}

function documentFeatures(document: PolicyDocument, note: Note): void {
  const text = JSON.stringify(document);
  note(`version ${document.Version ?? 'absent'}`, true);
  note('one statement bare', !Array.isArray(document.Statement));
  note('more than five statements', listOf(document.Statement).length > 5);
  note('variable in older version', document.Version !== '2012-10-17' && text.includes('${'));
  note(
    'beyond Latin in policy',
    [...text].some((character) => character > '\u00ff'),
  );
}

function statementFeatures(statement: Statement, hasBoundary: boolean, note: Note): void {
  note(`effect ${statement.Effect}`, true);
  note('no condition', statement.Condition === undefined);
  principalFeatures(statement, hasBoundary, note);
  note('NotAction', statement.NotAction !== undefined);
  for (const action of [...listOf(statement.Action), ...listOf(statement.NotAction)]) {
    note(`action ${action}`, action === '*' || action === '*:*');
    note('action with *', /:.*\*/.test(action) && action !== '*:*');
    note('action with ?', action.includes('?'));
    note('action of another service', !/^(execute-api:|\*)/i.test(action));
  }
  note('NotResource', statement.NotResource !== undefined);
  for (const resource of [...listOf(statement.Resource), ...listOf(statement.NotResource)]) {
    resourceFeatures(resource, note);
  }
}

function principalFeatures(statement: Statement, hasBoundary: boolean, note: Note): void {
  const element = statement.Principal ?? statement.NotPrincipal;
  if (element === undefined) return;
  const isNot = statement.NotPrincipal !== undefined;
  note('NotPrincipal', isNot);
  note('NotPrincipal with boundary', isNot && hasBoundary);
  note('NotPrincipal everyone', isNot && (element === '*' || listOf(element.AWS).includes('*')));
  note('principal *', element === '*');
  if (element === '*') return;
  for (const type of Object.keys(element)) note(`principal ${type}`, type !== 'AWS');
  for (const value of listOf(element.AWS)) {
    note('principal AWS *', value === '*');
    note('principal account id', /^\d{12}$/.test(value));
    note('principal unique id', /^A(IDA|ROA)/.test(value));
    note('principal root ARN', value.endsWith(':root'));
    for (const type of ['user', 'role', 'federated-user']) note(`principal ${type}`, value.includes(`:${type}/`));
    note('principal session', value.includes(':assumed-role/'));
  }
}

function resourceFeatures(resource: string, note: Note): void {
  if (resource === '*' || resource === '*:*') {
    note(`resource ${resource}`, true);
    return;
  }
  const short = resource.startsWith('execute-api:');
  note('resource short form', short);
  note('resource short form with variable', short && resource.includes('${'));
  note('resource with variable', /\$\{[a-z]/i.test(resource));
  const fields = resource.split(':');
  const head = short ? [] : fields.slice(0, 5);
  note(
    'resource head * at the end of a field',
    head.some((field) => field.endsWith('*')),
  );
  note(
    'resource head * inside a field',
    head.some((field) => field.slice(0, -1).includes('*')),
  );
  note(
    'resource head ?',
    head.some((field) => field.includes('?')),
  );
  note('resource with fewer fields', !short && fields.length < 6);
  const tail = short ? resource : fields.slice(5).join(':');
  note('resource tail *', tail.includes('*'));
  note('resource tail ?', tail.includes('?'));
}

function conditionFeatures(statement: Statement, context: Context, variables: boolean, note: Note): void {
  for (const [operator, block] of Object.entries(statement.Condition ?? {})) {
    note('several keys', Object.keys(block).length > 1);
    for (const [key, values] of Object.entries(block)) {
      note(`operator ${operator}`, true);
      const { base, qualifier } = readOperator(operator);
      const held = contextValue(context, key);
      note('key absent', held === undefined);
      note('array under plain operator', Array.isArray(held) && qualifier === undefined && base !== 'Null');
      note('set of several', Array.isArray(held) && held.length > 1 && qualifier !== undefined);
      note('several values', listOf(values).length > 1);
      if (base === 'Null') continue;
      const type = familyOf(operator);
      for (const value of held === undefined ? [] : listOf<Scalar>(held)) {
        note('unreadable value', type === 'date' && readInstant(String(value)) === undefined);
        note('unreadable value', type === 'number' && !/^-?\d+(\.\d+)?$/.test(String(value)));
      }
      for (const value of listOf(values)) valueFeatures(value, type, context, variables, note);
    }
  }
}

function valueFeatures(value: Scalar, type: string, context: Context, variables: boolean, note: Note): void {
  const text = String(value);
  note('JSON number in policy', typeof value === 'number');
  note('JSON Boolean in policy', typeof value === 'boolean');
  note('IPv6 block', type === 'ip' && /:.*\//.test(text));
  note('IPv4 block', type === 'ip' && /^[\d.]+\//.test(text));
  note('address without length', type === 'ip' && !text.includes('/'));
  note('date with offset', type === 'date' && /T.*[+-]\d\d:\d\d$/.test(text));
  note('date as epoch', type === 'date' && /^\d{5,}$/.test(text));
  note('date without time', type === 'date' && /^\d{4}(-\d\d(-\d\d)?)?$/.test(text));
  note('date with fraction', type === 'date' && text.includes('.'));
  note('long number', type === 'number' && text.length > 17);
  note('ARN from variable', type === 'arn' && variables && text.includes('${'));
  if (!variables) return;
  note('literal ${*} ${?} ${$}', /\$\{[*?$]\}/.test(text));
  note('variable with default', /\$\{[^}]+, '/.test(text));
  for (const [, key] of text.matchAll(/\$\{([A-Za-z][^},]*)/g)) {
    note('variable', true);
    note('variable without value', contextValue(context, key!) === undefined);
  }
}
