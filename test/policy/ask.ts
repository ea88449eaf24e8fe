import { parseArn } from '../../src/policy/arn.js';
import { compilePolicy } from '../../src/policy/compile.js';
import type { PolicyDocument, PolicyKind } from '../../src/policy/document.js';
import { type Evaluation, evaluate } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { parsePrincipal } from '../../src/policy/principal.js';
import { type AccessRequest, parseContext } from '../../src/policy/request.js';

/** One question to one policy, as plain data. */
export interface Question {
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly hasBoundary?: boolean;
}

export const ACCOUNT = '123412341234';
export const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5`;
export const PETS = `${API}/prod/GET/pets`;

/** A document that must be valid, parsed as the service parses it. */
export function parsed(kind: PolicyKind, document: unknown): PolicyDocument {
  const result = parsePolicy(kind, document, Number.POSITIVE_INFINITY);
  if (!result.ok) throw new Error(`not a valid policy: ${JSON.stringify(result.errors)}`);
  return result.document;
}

export function requestOf({ principal = 'anonymous', action, resource = PETS, ...rest }: Question): AccessRequest {
  const who = parsePrincipal(principal);
  if (!who.ok) throw new Error(who.fault.detail);
  const arn = parseArn(resource);
  if (arn === undefined) throw new Error(`no ARN: ${resource}`);
  const { entries, issues } = parseContext(rest.context ?? {}, '');
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return {
    principal: who.value,
    action: (action ?? 'execute-api:Invoke').toLowerCase(),
    resource: arn,
    context: entries,
    hasBoundary: rest.hasBoundary ?? false,
  };
}

/** What a document says to a question. */
export const ask = (kind: PolicyKind, document: unknown, question: Question): Evaluation =>
  evaluate(compilePolicy(parsed(kind, document)), requestOf(question));

export const ALL = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } as const;

/**
 * A policy of one statement that allows everything but for what is given.
 * @param statement elements to replace, or with undefined to remove
 * @param version null for none
 */
export function only(statement: Readonly<Record<string, unknown>>, version: string | null = '2012-10-17') {
  const elements = Object.entries({ ...ALL, ...statement }).filter(([, value]) => value !== undefined);
  return { ...(version === null ? {} : { Version: version }), Statement: Object.fromEntries(elements) };
}

/** Whether a statement with these elements, otherwise matching everything, matches. */
export const matches = (
  statement: Readonly<Record<string, unknown>>,
  question: Question,
  version?: string | null,
): boolean => ask('resource', only(statement, version), question).outcome !== 'implicitDeny';
