import { POLICY_KINDS, type PolicyKind } from '../policy/document.js';

/** Which kind a document is taken for, and why. */
interface KindGuess {
  readonly kind: PolicyKind;
  readonly because: string;
}

/** From where the file lies, and else from what the document says. It may be wrong: whoever uses it says so. */
export const guessKind = (path: string, document: unknown): KindGuess => fromPath(path) ?? fromContent(document);

/** `policies/endpoint/orders.json`, `orders.endpoint.json`, `endpoint-policies/orders.json`: the file and its directory. */
function fromPath(path: string): KindGuess | undefined {
  const words = path
    .toLowerCase()
    .split(/[/\\]/)
    .slice(-2)
    .flatMap((step) => step.split(/[^a-z]+/));
  const named = POLICY_KINDS.filter((kind) => words.includes(kind) || words.includes(PLURALS[kind]));
  return named.length === 1 ? { kind: named[0]!, because: 'by its path' } : undefined;
}

const PLURALS: Readonly<Record<PolicyKind, string>> = {
  endpoint: 'endpoints',
  resource: 'resources',
  identity: 'identities',
};

function fromContent(document: unknown): KindGuess {
  const statements = [membersOf(document).Statement].flat().map(membersOf);
  if (!('Statement' in membersOf(document))) return { kind: 'identity', because: 'guessed: it has no Statement' };
  if (!statements.some((each) => 'Principal' in each || 'NotPrincipal' in each)) {
    return { kind: 'identity', because: 'guessed: no statement has a Principal' };
  }
  const targets = statements.flatMap(({ Resource, NotResource }) => [Resource, NotResource].flat());
  if (targets.some((target) => typeof target === 'string' && target.startsWith('execute-api:/'))) {
    return { kind: 'resource', because: 'guessed: it has the short form `execute-api:/`' };
  }
  // Through one endpoint they never differ, so that nobody tests them there. API Gateway prints no short forms.
  const tested = statements.flatMap(keysOf).find((key) => /^aws:SourceVpce?$/i.test(key));
  if (tested !== undefined) return { kind: 'resource', because: `guessed: it tests ${tested}` };
  return {
    kind: 'endpoint',
    because: 'guessed: it has a Principal, and neither the short form `execute-api:/` nor a test of aws:SourceVpc(e)',
  };
}

const keysOf = ({ Condition }: Readonly<Record<string, unknown>>): string[] =>
  Object.values(membersOf(Condition)).flatMap((keys) => Object.keys(membersOf(keys)));

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
