import { Arn } from './arn.js';
import { Budget } from './budget.js';
import { type Condition, compileConditions, holds } from './condition.js';
import { type ConditionKey, conditionKey, isAboutPrincipal } from './condition-keys.js';
import { type ConditionValue, each, type PolicyDocument, type PolicyKind, type Statement } from './document.js';
import { type Finding, pointerTo } from './issue.js';
import { ANONYMOUS } from './principal.js';
import { Reach } from './reach.js';
import { type AccessRequest, contextEntry } from './request.js';

/** A document as its rules look at it. */
export interface Linted {
  readonly kind: PolicyKind;
  readonly document: PolicyDocument;
  /** Whether `${key}` is a variable. */
  readonly variables: boolean;
  readonly statements: readonly LintedStatement[];
  /** For the rules that compare statements with each other. */
  readonly budget: Budget;
}

export type DocumentRule = (policy: Linted) => Iterable<Finding>;
export type StatementRule = (statement: LintedStatement, policy: Linted) => Iterable<Finding>;
export type TestRule = (test: ConditionTest, statement: LintedStatement, policy: Linted) => Iterable<Finding>;

/** One operator on one key. */
export interface ConditionTest extends Condition {
  readonly pointer: string;
  readonly operatorText: string;
  readonly aboutPrincipal: boolean;
  readonly values: readonly Entry[];
  /** What AWS documents of the key. */
  readonly known: ConditionKey | undefined;
}

/** One text of a list, or the text that stands in its place. */
export interface Entry {
  readonly text: string;
  readonly pointer: string;
}

export class LintedStatement {
  readonly tests: readonly ConditionTest[];
  #reach: Reach | null = null;

  constructor(
    readonly element: Statement,
    readonly pointer: string,
    private readonly variables: boolean,
  ) {
    this.tests = element.Condition === undefined ? [] : testsOf(element.Condition, `${pointer}/Condition`, variables);
  }

  get isAllow(): boolean {
    return this.element.Effect === 'Allow';
  }

  /** Which calls the statement is about, whatever its conditions. */
  get reach(): Reach {
    this.#reach ??= new Reach(this.element, this.variables);
    return this.#reach;
  }

  /** The texts of an element and of its negation: a statement has one of them. */
  entries(element: 'Action' | 'Resource'): readonly Entry[] {
    const name = this.element[element] === undefined ? (`Not${element}` as const) : element;
    return entriesOf(this.element[name] ?? [], `${this.pointer}/${name}`);
  }

  /** The texts of Principal or NotPrincipal, each with the member under which it stands. */
  get principals(): readonly (Entry & { readonly type: string })[] {
    const name = this.element.Principal === undefined ? 'NotPrincipal' : 'Principal';
    const principal = this.element[name] ?? {};
    const pointer = `${this.pointer}/${name}`;
    if (principal === '*') return [{ type: 'AWS', text: '*', pointer }];
    return Object.entries(principal).flatMap(([type, texts]) =>
      entriesOf(texts, `${pointer}/${type}`).map((entry) => ({ type, ...entry })),
    );
  }
}

/** @param document a parsed policy */
export function linted(kind: PolicyKind, document: PolicyDocument): Linted {
  const variables = document.Version === '2012-10-17';
  const statements = [...each<Statement>(document.Statement)].map(
    ([statement, place]) => new LintedStatement(statement, `/Statement${place}`, variables),
  );
  return { kind, document, variables, statements, budget: new Budget(STEPS) };
}

/** About two milliseconds of comparing. */
const STEPS = 150_000;

function testsOf(block: NonNullable<Statement['Condition']>, at: string, variables: boolean): ConditionTest[] {
  return compileConditions(block, variables).map(({ name, keyText, key, operands, test }) => {
    const operatorText = name.text;
    const pointer = pointerTo(pointerTo(at, operatorText), keyText);
    const values = entriesOf(block[operatorText]?.[keyText] ?? [], pointer);
    // Not `...condition`: a thousand spreads take longer than all the rules.
    return {
      pointer,
      operatorText,
      name,
      keyText,
      key,
      aboutPrincipal: isAboutPrincipal(key),
      operands,
      test,
      values,
      known: conditionKey(key),
    };
  });
}

const entriesOf = (values: ConditionValue | readonly ConditionValue[], pointer: string): Entry[] =>
  [...each<ConditionValue>(values)].map(([value, place]) => ({ text: String(value), pointer: pointer + place }));

/** Whether a test that has no variables holds for a value; undefined: for a call without the key. */
export const holdsFor = (test: ConditionTest, value: string | undefined, { isAllow }: LintedStatement): boolean =>
  holds(test, value === undefined ? undefined : contextEntry(value), isAllow ? 'Allow' : 'Deny', NO_CALL);

/** Only variables look at the call. */
const NO_CALL: AccessRequest = {
  principal: ANONYMOUS,
  action: '',
  resource: new Arn('', 0, 0, 0, 0),
  context: { get: () => undefined },
  hasBoundary: false,
};
