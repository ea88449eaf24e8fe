import { many, type PolicyDocument, type Statement } from '../../policy/document.js';
import { quoted } from '../../policy/issue.js';
import type { AppliedPolicy, DecisionInput, Layer } from '../decision.js';
import { statementName, titleOf } from '../names.js';
import { adjustedCondition } from './condition-values.js';
import { exactly, literal, seesCaller } from './exactly.js';
import { type NearMiss, nearMisses, statementsOf, withStatements } from './near.js';
import { bodyWidens, changeBody, changePolicy } from './places.js';
import { Rank, type Scene, type Step } from './remedy.js';
import { viewOf } from './views.js';

/** How many statements that nearly apply are looked at for one to widen. */
const NEAR = 2;

/** What would make a layer allow that is silent. @param policies those of the layer; any of them may allow */
export function* allowing(
  layer: Layer,
  policies: readonly AppliedPolicy[],
  input: DecisionInput,
  scene: Scene,
): Iterable<Step> {
  const policy = policies.find(({ document }) => document !== undefined);
  if (policy?.document === undefined) {
    yield* newPolicy(layer, input, scene);
    return;
  }
  yield addedStatement(layer, policy, policy.document, input, scene);
  for (const each of policies) yield* widerEntries(layer, each, input, scene);
  // A full policy takes no more statements, but a caller may have another one.
  if (layer === 'identity') yield* newPolicy(layer, input, scene);
}

/** `{"Effect": "Allow"}` for exactly this caller, action and ARN. */
function addedStatement(
  layer: Layer,
  policy: AppliedPolicy,
  document: PolicyDocument,
  input: DecisionInput,
  scene: Scene,
): Step {
  const { statement, exact } = exactly(layer, input, scene, document.Version === '2012-10-17');
  const changed = withStatements(document, [...statementsOf(document), statement]);
  return {
    summary: `add to ${titleOf({ layer, ...policy })} a statement that allows ${whom(layer, input)} exactly this action on this ARN${alsoAt(layer, policy, scene, exact)}`,
    widens: !exact,
    rank: Rank.statement,
    changes: changePolicy(scene, layer, policy, changed),
  };
}

/** Whom a statement for the caller speaks of: an API that is not told who signed takes everyone for anonymous. */
export function whom(layer: Layer, input: DecisionInput): string {
  if (!seesCaller(layer, input)) return 'whoever calls';
  return input.principal.type === 'anonymous' ? 'anonymous callers' : 'this caller';
}

/** Whom else a change of a stored policy reaches. */
export function alsoAt(layer: Layer, { name }: AppliedPolicy, scene: Scene, exact = false): string {
  if (name === null) return '';
  const others = scene.sharedBy(layer);
  if (others.length > 0)
    return ` (the policy is attached to ${quoted(others[0]!)}${others.length > 1 ? ` and ${others.length - 1} more` : ''}, too)`;
  if (exact) return '';
  return layer === 'identity' || layer === 'boundary' || layer === 'session'
    ? ' (everyone with this policy gets it)'
    : '';
}

/** A policy where the call brings none: of a caller's own side only the body can tell. */
function* newPolicy(layer: Layer, input: DecisionInput, scene: Scene): Iterable<Step> {
  if (layer !== 'identity' && layer !== 'session') return;
  const { statement, exact } = exactly(layer, input, scene, true);
  const field = layer === 'identity' ? 'identityPolicies' : 'sessionPolicies';
  const before = scene.body[field];
  const list: readonly unknown[] = Array.isArray(before) ? before : [];
  yield {
    summary: `give the caller ${layer === 'identity' ? 'an identity' : 'a session'} policy that allows exactly this action on this ARN`,
    widens: bodyWidens(scene) && !exact,
    rank: Rank.statement,
    changes: [changeBody(scene, { [field]: [...list, { Version: '2012-10-17', Statement: [statement] }] })],
  };
}

/** An entry added to a statement of which one element fails, no wider than the call needs. */
function* widerEntries(layer: Layer, policy: AppliedPolicy, input: DecisionInput, scene: Scene): Iterable<Step> {
  const { document } = policy;
  if (document === undefined) return;
  const request = viewOf(layer, input);
  const variables = document.Version === '2012-10-17';
  for (const near of nearMisses(policy, request, NEAR)) {
    const wider = widerStatement(layer, near, input, variables);
    if (wider === null) continue;
    const statements = statementsOf(document).map((each, at) => (at === near.at ? wider.statement : each));
    yield {
      summary: `${wider.summary} of ${statementName(near.statement)} in ${titleOf({ layer, ...policy })}${alsoAt(layer, policy, scene)}`,
      widens: !wider.exact,
      rank: Rank.entry + (policy.name !== null && scene.sharedBy(layer).length > 0 ? 0.5 : 0),
      changes: changePolicy(scene, layer, policy, withStatements(document, statements)),
    };
  }
}

interface Wider {
  readonly statement: Statement;
  readonly summary: string;
  /** Whether the statement names nothing but this caller, action and ARN in its other elements. */
  readonly exact: boolean;
}

function widerStatement(layer: Layer, near: NearMiss, input: DecisionInput, variables: boolean): Wider | null {
  const { written, principal, action, resource, failing } = near;
  const failures = Number(!principal) + Number(!action) + Number(!resource) + failing.length;
  if (failures !== 1) return null;
  const arn = literal(input.resource.text, variables, layer);
  const only = {
    principal: namesOnly(layer, written, input),
    action: isOnly(written.Action, input.action.toLowerCase()),
    resource: arn.exact && isOnly(written.Resource, arn.text, false),
  };
  if (!resource && written.Resource !== undefined) {
    return {
      statement: { ...written, Resource: [...many(written.Resource), arn.text] },
      summary: 'add this ARN to the Resource',
      exact: only.principal && only.action && arn.exact,
    };
  }
  if (!action && written.Action !== undefined) {
    return {
      statement: { ...written, Action: [...many(written.Action), input.action] },
      summary: 'add this action to the Action',
      exact: only.principal && only.resource,
    };
  }
  if (!principal && written.Principal !== undefined) {
    const wider = withCaller(layer, written.Principal, input);
    if (wider === null) return null;
    const names = wider.single ? 'add this caller to the Principal' : 'let everyone be the Principal';
    const exact = wider.single && input.principal.type !== 'role' && input.principal.type !== 'root';
    return {
      statement: { ...written, Principal: wider.principal },
      summary: names,
      exact: exact && only.action && only.resource,
    };
  }
  const [condition] = failing;
  const wider =
    condition === undefined ? null : adjustedCondition(written, condition, viewOf(layer, input), variables, true);
  return wider && { ...wider, exact: only.principal && only.action && only.resource };
}

function withCaller(
  layer: Layer,
  element: NonNullable<Statement['Principal']>,
  input: DecisionInput,
): { readonly principal: NonNullable<Statement['Principal']>; readonly single: boolean } | null {
  const { principal } = input;
  if (element === '*') return null;
  if (!seesCaller(layer, input) || principal.type === 'anonymous') return { principal: '*', single: false };
  const type = principal.type === 'service' ? 'Service' : 'AWS';
  const named: readonly string[] = many<string>(element[type]);
  const list = named.length === 0 ? principal.text : [...named, principal.text];
  return { principal: { ...element, [type]: list }, single: true };
}

/** Whether a statement speaks of nobody but the caller. */
function namesOnly(layer: Layer, { Principal }: Statement, input: DecisionInput): boolean {
  if (Principal === undefined || Principal === '*' || !seesCaller(layer, input)) return false;
  const texts = Object.values(Principal).flatMap((values) => many<string>(values));
  const { type, text } = input.principal;
  return type !== 'role' && type !== 'root' && texts.length > 0 && texts.every((each) => each === text);
}

const isOnly = (texts: Statement['Action'], wanted: string, folds = true): boolean =>
  texts !== undefined && many(texts).every((each) => (folds ? each.toLowerCase() : each) === wanted);
