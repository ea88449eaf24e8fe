import { each, type PolicyDocument, type PolicyKind, type Statement } from '../policy/document.js';
import { firstErrors } from '../policy/first-errors.js';
import type { Issue } from '../policy/issue.js';
import { parseJson } from '../policy/json.js';
import { parsePolicy } from '../policy/parse.js';
import { digestOf } from './pap.js';
import type { PolicyLimits } from './policy-sources.js';
import { twice } from './validate-document.js';

/** A policy as AWS prints it, read: its text as it will be stored. */
export interface AwsPolicy {
  readonly document: string;
  readonly digest: string;
  /** Whether this is the policy that an endpoint has when nobody has given it one. */
  readonly isDefault: boolean;
}

/** Deeper than any policy can be. */
const MAX_DEPTH = 32;

/**
 * Reads a policy that AWS prints as a string.
 * @returns the policy, or what is wrong with it, with pointers that go on from the string into the document it holds
 */
export function readAwsPolicy(kind: PolicyKind, text: string, limits: PolicyLimits): AwsPolicy | readonly Issue[] {
  const json = unescaped(text);
  const read = parseJson(json, { maxDepth: MAX_DEPTH });
  if (!read.ok) return read.errors;
  const parsed = parsePolicy(kind, read.value, limits[kind]);
  if (read.duplicates.length > 0 || !parsed.ok) {
    return firstErrors([...read.duplicates.map(twice), ...(parsed.ok ? [] : parsed.errors)]);
  }
  const document = JSON.stringify(parsed.document);
  return { document, digest: digestOf(document), isDefault: isDefault(parsed.document) };
}

/**
 * The JSON text of a policy. `aws apigateway get-rest-apis` prints what already is the inside of a JSON string, slashes
 * escaped too: `{\"Version\":\"2012-10-17\",…\"10.0.0.0\/8\"}`. No JSON text has a backslash before its first quote, so
 * the two forms cannot be mistaken for one another.
 */
function unescaped(text: string): string {
  const backslash = text.indexOf('\\');
  if (backslash === -1 || backslash > text.indexOf('"')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    // Neither form: let the text itself be reported.
    return text;
  }
}

/** AWS PrivateLink Guide, "Default endpoint policy": full access for everyone, with or without a Version. */
function isDefault({ Statement, Id }: PolicyDocument): boolean {
  const statements = [...each<Statement>(Statement)].map(([statement]) => statement);
  const [only] = statements;
  if (statements.length !== 1 || only === undefined || Id !== undefined) return false;
  const { Effect, Principal, Action, Resource, ...more } = only;
  return (
    Effect === 'Allow' && Principal === '*' && Action === '*' && Resource === '*' && Object.keys(more).length === 0
  );
}
