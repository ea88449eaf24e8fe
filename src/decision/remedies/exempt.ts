import { many, type PolicyDocument, type Statement } from '../../policy/document.js';
import { missingLevels, namedBy } from '../../policy/trace-principal.js';
import type { AppliedPolicy, DecisionInput, Layer } from '../decision.js';
import { listed, statementName, titleOf } from '../names.js';
import { alsoAt, whom } from './allow.js';
import { adjustedCondition } from './condition-values.js';
import { distinction, exactly, literal, withTest } from './exactly.js';
import { applyingDenies, type Looked, statementsOf, withStatements } from './near.js';
import { changePolicy } from './places.js';
import { Rank, type Scene, type Step } from './remedy.js';
import { type Narrowing, splitDeny, withoutEntry } from './split-deny.js';
import { viewOf } from './views.js';

/** A way to narrow one Deny: the statements that take its place. Null: not this way. */
interface Way {
  readonly widens: boolean;
  readonly rank: number;
  readonly say: (statements: string, narrowing: Narrowing) => string;
  readonly narrow: (deny: Looked, narrowing: Narrowing) => Narrowed | null;
}

interface Narrowed {
  readonly statements: readonly Statement[];
  /** Says it better than the way can, before the statement's name. */
  readonly summary?: string;
}

const only = (statement: Statement, summary?: string): Narrowed => ({
  statements: [statement],
  ...(summary === undefined ? {} : { summary }),
});

/** Narrowest first; the last always works. */
const WAYS: readonly Way[] = [
  {
    widens: false,
    rank: Rank.statement,
    say: (statements, { layer, input }) =>
      `let ${statements} deny all that it denied but ${whom(layer, input)} exactly this action on this ARN`,
    narrow(deny, narrowing) {
      const statements = splitDeny(deny, narrowing);
      return statements && { statements };
    },
  },
  {
    widens: true,
    rank: Rank.entry,
    say: (statements) => `let the conditions of ${statements} except what this request holds`,
    narrow: ({ written, statement }, { request, variables }) => {
      for (const condition of statement.conditions) {
        const adjusted = adjustedCondition(written, condition, request, variables, false);
        if (adjusted !== null) return only(adjusted.statement, adjusted.summary);
      }
      return null;
    },
  },
  {
    widens: true,
    rank: Rank.entry,
    say: (statements) => `list this caller at every level in the NotPrincipal of ${statements}`,
    narrow({ written }, { request }) {
      const { NotPrincipal } = written;
      if (NotPrincipal === undefined || NotPrincipal === '*' || request.hasBoundary) return null;
      const missing = missingLevels(namedBy(NotPrincipal), request.principal);
      if (missing.length === 0 || request.principal.type === 'service') return null;
      return only({
        ...written,
        NotPrincipal: { ...NotPrincipal, AWS: [...many<string>(NotPrincipal.AWS), ...missing] },
      });
    },
  },
  {
    widens: true,
    rank: Rank.exemption,
    say: (statements, { told, layer, input }) =>
      `except ${told === null ? 'calls through this endpoint' : whom(layer, input)} from ${statements}`,
    narrow({ written }, { told, request }) {
      const endpoint = request.context.get('aws:sourcevpce')?.values[0]?.text;
      const test =
        told ?? (endpoint === undefined ? null : { isNot: 'StringNotEquals', key: 'aws:SourceVpce', value: endpoint });
      if (test === null) return null;
      const value = 'notValue' in test && test.notValue !== undefined ? test.notValue : test.value;
      const block = withTest(written.Condition, test.isNot, test.key, value);
      return block && only({ ...written, Condition: block });
    },
  },
  {
    widens: true,
    rank: Rank.exemption,
    say: (statements) => `except this ARN from ${statements}`,
    narrow({ written }, { layer, input, variables }) {
      const arn = literal(input.resource.text, variables, layer);
      const rest = withoutEntry(written, 'Resource', arn.text, layer === 'resource' ? ['execute-api:/*'] : []);
      return rest === null || rest === 'nothing' ? null : only(rest);
    },
  },
  {
    widens: true,
    rank: Rank.removal,
    say: (statements) => `remove ${statements}`,
    narrow: () => ({ statements: [] }),
  },
];

/** More than this nobody narrows one by one. */
const MOST_DENIES = 40;

/** Ways to let a call through the Denies of a layer that apply to it: all of them, in each of its policies. */
export function* exempting(
  layer: Layer,
  policies: readonly AppliedPolicy[],
  input: DecisionInput,
  scene: Scene,
): Iterable<Step> {
  const request = viewOf(layer, input);
  const found = policies.flatMap((policy) => {
    const denies = applyingDenies(policy, request);
    return denies.length > 0 && policy.document !== undefined ? [{ policy, document: policy.document, denies }] : [];
  });
  if (found.length === 0) return;
  const told = distinction(layer, input, scene);
  const many = found.reduce((sum, { denies }) => sum + denies.length, 0) > MOST_DENIES;
  for (const [first, way] of WAYS.entries()) {
    if (many && way.rank !== Rank.removal) continue;
    let used = false;
    let widens = way.widens;
    let said: string | undefined;
    const changes = found.flatMap(({ policy, document, denies }) => {
      const narrowing = { layer, input, scene, request, told, variables: document.Version === '2012-10-17' };
      const places = new Map(
        denies.map((deny) => {
          for (const each of WAYS.slice(first)) {
            const narrowed = each.narrow(deny, narrowing);
            if (narrowed === null) continue;
            used ||= each === way;
            widens ||= each.widens;
            said = narrowed.summary;
            return [deny.at, narrowed.statements] as const;
          }
          return [deny.at, []] as const;
        }),
      );
      return changePolicy(scene, layer, policy, ...replaced(document, places, narrowing));
    });
    if (!used) continue;
    const names = found.map(({ policy, denies }) => {
      const statements = listed(denies.map(({ statement }) => statementName(statement)));
      return `${statements} of ${titleOf({ layer, ...policy })}${alsoAt(layer, policy, scene)}`;
    });
    const narrowing = { layer, input, scene, request, told, variables: true };
    const several = found.length > 1 || found.some(({ denies }) => denies.length > 1);
    const all = names.join(' and ');
    const summary = several || said === undefined ? way.say(all, narrowing) : `${said} of ${all}`;
    yield { summary, widens, rank: way.rank, changes };
  }
}

/**
 * Statements in the places of others: what takes a place stands there, what is more goes to the end. What goes is still
 * there in the first of the two documents, so that a patch says of each statement what becomes of it.
 */
function replaced(
  document: PolicyDocument,
  places: ReadonlyMap<number, readonly Statement[]>,
  { layer, input, scene, variables }: Narrowing,
): [PolicyDocument, PolicyDocument] {
  const written = statementsOf(document);
  const more = [...places.values()].flatMap((place) => place.slice(1));
  const narrowed = [...written.map((statement, at) => places.get(at)?.[0] ?? statement), ...more];
  const left = narrowed.filter((_, at) => places.get(at)?.length !== 0);
  // A document must state something.
  const all = left.length > 0 ? left : [exactly(layer, input, scene, variables).statement];
  return [withStatements(document, narrowed), withStatements(document, all)];
}
