import { covers } from '../../policy/action.js';
import { many, type OneOrMany, type Statement } from '../../policy/document.js';
import { entryMatches } from '../../policy/evaluate.js';
import type { AccessRequest } from '../../policy/request.js';
import type { DecisionInput, Layer } from '../decision.js';
import { type Distinction, literal, withTest } from './exactly.js';
import type { Looked } from './near.js';
import type { Scene } from './remedy.js';

/** All that a Deny is narrowed by. */
export interface Narrowing {
  readonly layer: Layer;
  readonly input: DecisionInput;
  readonly scene: Scene;
  readonly request: AccessRequest;
  readonly variables: boolean;
  /** What tells the caller from others at this layer. */
  readonly told: Distinction | null;
}

/**
 * A Deny cut in up to three, so that they deny all that it denied but this caller's this action on this ARN: the Deny
 * for everyone else, for the caller's other actions, and for this action on other ARNs. A language without "and not"
 * has no shorter way.
 * @returns null where a pattern would have to be cut that covers more than the call
 */
export function splitDeny({ written, statement }: Looked, narrowing: Narrowing): Statement[] | null {
  const { layer, input, request, told, variables } = narrowing;
  const arn = literal(input.resource.text, variables, layer);
  if (told === null || !told.exact || !arn.exact) return null;
  const wide = layer === 'endpoint' || layer === 'resource';
  const otherActions = withoutEntry(written, 'Action', input.action, wide ? ['execute-api:*'] : []);
  const otherArns = withoutEntry(written, 'Resource', arn.text, layer === 'resource' ? ['execute-api:/*'] : []);
  if (otherActions === null || otherArns === null) return null;
  // What is left of the lists may cover the call by another pattern.
  const { action, resource } = statement;
  const covering = {
    actions: action.negated ? 0 : action.patterns.filter((each) => covers(each, request.action)).length,
    arns: resource.negated ? 0 : resource.entries.filter((each) => entryMatches(each, request) === true).length,
  };
  if (covering.actions > 1 || covering.arns > 1) return null;
  const alone = namesOnly(written, input.principal.text);
  const block = alone ? written.Condition : withTest(written.Condition, told.is, told.key, told.value);
  const others = alone ? [] : withTest(written.Condition, told.isNot, told.key, told.notValue ?? told.value);
  if (block === null || others === null) return null;
  const { Sid: _, ...unnamed } = written;
  const own: Statement = block === undefined ? unnamed : { ...unnamed, Condition: block };
  const parts: Statement[] = Array.isArray(others) ? [] : [{ ...written, Condition: others }];
  if (otherActions !== 'nothing') parts.push(withAction(otherActions, own));
  if (otherArns !== 'nothing') parts.push(withArns(otherArns, own, input.action));
  return parts;
}

/** Whether a statement speaks of one principal, who is no account and no role. */
const namesOnly = ({ Principal }: Statement, text: string): boolean =>
  typeof Principal === 'object' &&
  !text.endsWith(':root') &&
  Object.values(Principal)
    .flatMap((values) => many<string>(values))
    .every((each) => each === text);

function withAction({ Action, NotAction }: Statement, own: Statement): Statement {
  const { Action: _, NotAction: __, ...rest } = own;
  return { ...rest, ...(Action === undefined ? { NotAction } : { Action }) } as Statement;
}

function withArns({ Resource, NotResource }: Statement, own: Statement, action: string): Statement {
  const { Action: _, NotAction: __, Resource: ___, NotResource: ____, ...rest } = own;
  return { ...rest, Action: action, ...(Resource === undefined ? { NotResource } : { Resource }) } as Statement;
}

/**
 * A statement that speaks of one thing less: an action, or an ARN. `nothing` where it spoke of that alone; null where
 * a pattern that covers more cannot be cut.
 * @param all the patterns that cover everything that is ever asked
 */
export function withoutEntry(
  statement: Statement,
  element: 'Action' | 'Resource',
  entry: string,
  all: readonly string[],
): Statement | 'nothing' | null {
  const negative = `Not${element}` as const;
  const excepted = statement[negative];
  if (excepted !== undefined) return { ...statement, [negative]: [...many(excepted), entry] };
  const texts = many(statement[element] as OneOrMany<string> | undefined);
  if (texts.some((text) => text === '*' || text === '*:*' || all.includes(text))) {
    const { [element]: _, ...others } = statement;
    return { ...others, [negative]: entry };
  }
  const same = (text: string): boolean =>
    element === 'Action' ? text.toLowerCase() === entry.toLowerCase() : text === entry;
  const rest = texts.filter((text) => !same(text));
  if (rest.length === texts.length) return null;
  return rest.length === 0 ? 'nothing' : { ...statement, [element]: rest };
}
