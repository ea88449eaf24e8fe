/** Actions and resources: of requests, and patterns in policies drawn from them. */
import type { Context, Kind } from '../types.js';
import { caseFlipped, type Dialect, textNear } from './bend.js';
import type { Random } from './random.js';

const stages = ['prod', 'test', 'admin', 'v1', '$default'];
const verbs = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD'];
const segments = [
  'pets',
  'pets/42',
  'users',
  'a:b:c',
  'reports',
  'x/',
  '/y',
  'équipe',
  'blue',
  'team-7',
  '123412341234',
  'us-east-1',
];
const odd = ['a*b', 'x?z', '${aws:username}', '日本語', '😀', 'GET', '*', 'line\nbreak', 'arn:aws:execute-api', "it's"];

/** The part of a request's ARN after its fifth colon. */
export function drawRest(random: Random, apiId: string, name: string): string {
  return random.weighted([
    [86, `${apiId}/${random.pick(stages)}/${random.pick(verbs)}/${drawPath(random, name)}`],
    [3, `${apiId}/prod/${random.pick(['$connect', '$default', 'chat'])}`],
    [3, `${apiId}/prod/POST/@connections/abc=`],
    [8, `/domainnames/${random.pick(['private.test.com+f4g5h6', 'api.test.com+a1b2c3'])}`],
  ]);
}

function drawPath(random: Random, name: string): string {
  const draw = () =>
    random.weighted([
      [10, random.pick(segments)],
      [2, random.pick(odd)],
      [3, name],
    ]);
  return random.times(random.pick([0, 1, 1, 2, 2, 3]), draw).join('/');
}

/** A policy's Action entry, near the one of the request. */
export function drawAction(random: Random, action: string): string {
  const name = action.slice(action.indexOf(':') + 1);
  const cut = random.below(name.length + 1);
  return random.weighted([
    [6, action],
    [3, 'execute-api:*'],
    [2, '*'],
    [1, '*:*'],
    [2, caseFlipped(random, action)],
    [2, `execute-api:${name.slice(0, cut)}*${name.slice(random.chance(0.5) ? cut : name.length)}`],
    [2, `execute-api:${name.slice(0, Math.max(cut - 1, 0))}?${name.slice(Math.max(cut, 1))}`],
    [1, 'execute-api:InvalidateCache'],
    [1, 'execute-api:ManageConnections'],
    [1, random.pick(['apigateway:*', 's3:GetObject', 'sts:*'])],
  ]);
}

/** A policy's Resource entry, near the ARN of the request. Only forms that a strict reader accepts. */
export function drawResource(random: Random, resource: string, kind: Kind, context: Context, dialect: Dialect): string {
  const short = kind === 'resource' && random.chance(0.3);
  return random.until(
    10,
    () => {
      if (short) return shortForm(random, resource, context, dialect);
      return random.weighted([
        [3, () => '*'],
        [1, () => '*:*'],
        [12, () => withBentTail(random, resource, context, dialect)],
        [6, () => withBentHead(random, resource)],
        [4, () => withSpan(random, resource, dialect)],
        [3, () => cutShort(random, resource)],
        [0.6, () => withLostColon(random, resource)],
        [2, () => withBentTail(random, otherOf(random, resource), context, dialect)],
      ])();
    },
    (text) => isValid(text, kind, dialect),
  );
}

function headAndTail(resource: string): [string, string] {
  const parts = resource.split(':');
  return [parts.slice(0, 5).join(':'), parts.slice(5).join(':')];
}

function shortForm(random: Random, resource: string, context: Context, dialect: Dialect): string {
  const tail = headAndTail(resource)[1];
  const rest = tail.slice(tail.indexOf('/') + 1);
  return `execute-api:/${random.chance(0.25) ? '*' : bent(random, rest, context, dialect)}`;
}

function withBentTail(random: Random, resource: string, context: Context, dialect: Dialect): string {
  const [head, tail] = headAndTail(resource);
  return `${head}:${bent(random, tail, context, dialect)}`;
}

function bent(random: Random, text: string, context: Context, dialect: Dialect): string {
  if (random.chance(0.2)) {
    const cut = text.slice(0, text.lastIndexOf('/', random.below(text.length + 1)) + 1);
    return textNear(random, cut, {}, { ...dialect, version: undefined }, false) === undefined ? '*' : `${cut}*`;
  }
  if (random.chance(0.03)) return caseFlipped(random, text.replaceAll('$', ''));
  return textNear(random, text, context, dialect, true) ?? '*';
}

/** Wildcards in partition, Region or account, at the end of the field (where `*` crosses colons) or inside it. */
function withBentHead(random: Random, resource: string): string {
  const parts = resource.split(':');
  for (const index of [1, 3, 4]) {
    const field = parts[index]!;
    const cut = random.below(field.length);
    if (random.chance(index === 1 ? 0.15 : 0.55)) {
      parts[index] = random.weighted([
        [4, '*'],
        [2, `${field.slice(0, cut)}*`],
        [2, `*${field.slice(cut)}`],
        [2, `${field.slice(0, cut)}?${field.slice(cut + 1)}`],
        [1, `${field.slice(0, cut)}*${field.slice(cut + 1)}`],
        [1, `${field}${random.pick(['*', '?'])}`],
      ]);
    }
  }
  const tail = parts.slice(5).join(':').replace(/\$\{/g, '??');
  const kept = random.weighted([
    [3, '*'],
    [2, `${tail.slice(0, tail.indexOf('/') + 1)}*`],
    [2, tail],
    // What a crossing `*` in the head may leave to the tail.
    [1, tail.slice(tail.indexOf(':') + 1)],
  ]);
  return [...parts.slice(0, 5), kept].join(':');
}

/** `*` in place of any stretch after `arn:aws:execute-api:`, over colons too. */
function withSpan(random: Random, resource: string, dialect: Dialect): string {
  const from = resource.indexOf(':execute-api:') + ':execute-api:'.length;
  const text = resource.replace(/\$\{/g, '??');
  const start = from + random.below(random.chance(0.5) ? 24 : text.length - from);
  const colon = text.indexOf(':', start + random.below(Math.max(text.length - start, 1)));
  const end = colon !== -1 && random.chance(0.6) ? colon : start + random.below(text.length - start + 1);
  return dialect.latin
    ? `${text.slice(0, start)}*${text.slice(end)}`.replace(/[^\u0020-\u00ff]+/g, '*')
    : `${text.slice(0, start)}*${text.slice(end)}`;
}

/** Fewer than six fields, with a `*` at the end. */
function cutShort(random: Random, resource: string): string {
  const from = resource.indexOf(':execute-api:') + ':execute-api:'.length;
  const to = headAndTail(resource)[0].length;
  return `${resource.slice(0, from + random.below(to - from + 1))}*`;
}

/** A wildcard inside a field where the ARN has a colon: it would have to cross it, and may not. */
function withLostColon(random: Random, resource: string): string {
  const parts = resource.split(':');
  const index = random.pick([3, 4]);
  const joined = `${parts[index]}${random.pick(['?', '?', '*'])}${parts[index + 1]}`;
  const rest = [...parts.slice(0, index), joined, ...parts.slice(index + 2)].join(':');
  return `${rest.replaceAll('$', '?').slice(0, rest.length - random.below(4))}*`;
}

/** An entry whose variable never has a value. */
export function unresolvedResource(random: Random, resource: string): string {
  const [head, tail] = headAndTail(resource);
  const cut = tail.slice(0, tail.indexOf('/') + 1);
  return `${head}:${cut.replaceAll('$', '')}${random.pick(['*/', '', 'prod/'])}\${acme:nothing}${random.pick(['', '*'])}`;
}

function otherOf(random: Random, resource: string): string {
  const parts = resource.split(':');
  const index = random.pick([1, 3, 4, 5]);
  const other = { 1: 'aws-cn', 3: 'eu-west-1', 4: '555566667777', 5: 'bbbbb22222/prod/GET/pets' }[index]!;
  return [...parts.slice(0, index), other, ...(index === 5 ? [] : parts.slice(index + 1))].join(':');
}

/** The write-time rules for a Resource entry: known forms only, and no variable before the fifth colon. */
function isValid(text: string, kind: Kind, dialect: Dialect): boolean {
  if (dialect.latin && !/^[\t\n\r\u0020-\u00ff]*$/.test(text)) return false;
  if (text === '*' || text === '*:*') return true;
  if (text.startsWith('execute-api:/')) return kind === 'resource';
  const fields = text.split(':');
  if (fields[0] !== 'arn' || fields[2] !== 'execute-api') return false;
  if (fields.slice(0, 5).some((field) => field === '' || field.includes('${'))) return false;
  return fields.length < 6 ? text.endsWith('*') : fields.slice(5).join('') !== '';
}
