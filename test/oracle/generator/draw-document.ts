/** Statements and documents that are meant to say something about one request. */
import { actionMatches, matchedStatements, resourceMatches, type View, variablesIn } from '../document.js';
import { type Kind, listOf, type OneOrMany, type PolicyDocument, type Statement } from '../types.js';
import type { Dialect } from './bend.js';
import { drawCondition } from './draw-condition.js';
import { type Accounts, drawNotPrincipal, drawPrincipal } from './draw-principal.js';
import { drawAction, drawResource, unresolvedResource } from './draw-resource.js';
import type { Random } from './random.js';

/** What a document is meant to say; `any` for no preference. */
export type Mood = 'allow' | 'deny' | 'silent' | 'any';

export interface Setting {
  kind: Kind;
  view: View;
  accounts: Accounts;
  epoch: number;
}

/** The longest document of each kind, in characters of JSON. */
const limits: Readonly<Record<Kind, number>> = { endpoint: 20_480, resource: 8_192, identity: 10_240 };

export function drawDocument(random: Random, setting: Setting, mood: Mood): PolicyDocument {
  const dialect: Dialect = {
    version: random.weighted([
      [72, '2012-10-17' as const],
      [12, '2008-10-17' as const],
      [16, undefined],
    ]),
    latin: setting.kind === 'identity',
  };
  const count = random.weighted(counts);
  const statements: Statement[] = [];
  for (let i = 0; i < count; i++) {
    const [effect, matching] = i === 0 ? leading(random, mood) : following(random, mood);
    statements.push(drawStatement(random, setting, dialect, effect, matching));
  }
  const order = random.shuffled(statements);
  if (random.chance(0.2)) {
    order.forEach((statement, index) => {
      order[index] = { Sid: `Statement${index}`, ...statement };
    });
  }
  const document = (list: Statement[]): PolicyDocument => ({
    ...(dialect.version === undefined ? {} : { Version: dialect.version }),
    ...(random.chance(0.05) ? { Id: 'drawn' } : {}),
    Statement: list.length === 1 && random.chance(0.4) ? list[0]! : list,
  });
  while (order.length > 1 && JSON.stringify(document(order)).length > limits[setting.kind] - 200) order.pop();
  return document(order);
}

const counts = [
  [30, 1],
  [28, 2],
  [18, 3],
  [10, 4],
  [7, 5],
  [4, 7],
  [3, 12],
] as const;

type Intent = readonly ['Allow' | 'Deny', boolean | undefined];

function leading(random: Random, mood: Mood): Intent {
  if (mood === 'allow') return ['Allow', true];
  if (mood === 'deny') return ['Deny', true];
  return [random.chance(0.7) ? 'Allow' : 'Deny', mood === 'silent' ? false : undefined];
}

function following(random: Random, mood: Mood): Intent {
  const effect = random.chance(0.55) ? 'Allow' : 'Deny';
  if (mood === 'silent' || (mood === 'allow' && effect === 'Deny')) return [effect, false];
  return [effect, random.pick([true, undefined])];
}

type Part = 'principal' | 'action' | 'resource' | 'condition';

/** A statement that, if asked to, matches the request, or fails in one part only. */
function drawStatement(
  random: Random,
  setting: Setting,
  dialect: Dialect,
  effect: 'Allow' | 'Deny',
  matching: boolean | undefined,
): Statement {
  return random.until(
    matching === undefined ? 1 : 4,
    () => {
      const culprit = matching === false ? drawCulprit(random, setting.kind) : undefined;
      const wanted = (part: Part) => (matching === undefined ? undefined : part !== culprit);
      return {
        Effect: effect,
        ...principalPart(random, setting, effect, wanted('principal')),
        ...actionPart(random, setting, wanted('action')),
        ...resourcePart(random, setting, dialect, effect, wanted('resource')),
        ...conditionPart(random, setting, dialect, effect, wanted('condition')),
      };
    },
    (statement) => {
      const alone = { Version: dialect.version, Statement: statement };
      return matchedStatements(alone, setting.kind, setting.view).length > 0 === matching;
    },
  );
}

function drawCulprit(random: Random, kind: Kind): Part {
  return random.weighted([
    [kind === 'identity' ? 0 : 3, 'principal'],
    [2, 'action'],
    [4, 'resource'],
    [6, 'condition'],
  ]);
}

function principalPart(random: Random, setting: Setting, effect: 'Allow' | 'Deny', matching: boolean | undefined) {
  if (setting.kind === 'identity') return {};
  const { view, accounts } = setting;
  if (effect === 'Deny' && random.chance(0.3)) {
    return { NotPrincipal: drawNotPrincipal(random, view.caller, accounts, view.hasBoundary, matching) };
  }
  return { Principal: drawPrincipal(random, view.caller, accounts, effect, matching) };
}

function actionPart(random: Random, setting: Setting, matching: boolean | undefined) {
  const { action } = setting.view;
  return random.until(
    matching === undefined ? 1 : 6,
    () => {
      const entries = several(random, () => drawAction(random, action));
      return random.chance(0.12) ? { NotAction: entries } : { Action: entries };
    },
    (part) => actionMatches({ Effect: 'Allow', ...part }, action) === matching,
  );
}

function resourcePart(
  random: Random,
  setting: Setting,
  dialect: Dialect,
  effect: 'Allow' | 'Deny',
  matching: boolean | undefined,
) {
  const { kind, view } = setting;
  const lookup = variablesIn({ Version: dialect.version, Statement: [] }, view.context);
  return random.until(
    matching === undefined ? 1 : 8,
    () => {
      const entries = several(random, () => drawResource(random, view.resource, kind, view.context, dialect));
      if (!random.chance(0.15)) return { Resource: entries };
      const unresolved = random.chance(0.25) ? [unresolvedResource(random, view.resource)] : [];
      return { NotResource: unresolved.length > 0 ? [...unresolved, ...listOf(entries)] : entries };
    },
    (part) => resourceMatches({ Effect: effect, ...part }, kind, view.resource, lookup) === matching,
  );
}

function conditionPart(
  random: Random,
  setting: Setting,
  dialect: Dialect,
  effect: 'Allow' | 'Deny',
  matching: boolean | undefined,
) {
  if (matching !== false && random.chance(0.3)) return random.chance(0.03) ? { Condition: {} } : {};
  const { view, epoch } = setting;
  return { Condition: drawCondition(random, { effect, holds: matching, context: view.context, dialect, epoch }) };
}

function several<T>(random: Random, draw: () => T): OneOrMany<T> {
  const list = random.times(random.pick([1, 1, 1, 2, 3]), draw);
  return list.length === 1 && random.chance(0.6) ? list[0]! : list;
}
