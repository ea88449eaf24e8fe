import { parseActionPattern } from './action.js';
import { splitArn } from './arn.js';
import type { Budget } from './budget.js';
import { many, type Statement } from './document.js';
import { includes, type Shape, shapeOf } from './inclusion.js';
import { isRoleOf, type PrincipalValue, parsePrincipalValue } from './principal-set.js';
import { parseResourcePattern } from './resource-pattern.js';
import { isTokens, parseTemplate } from './variables.js';

/**
 * Which calls a statement is about, whatever its conditions; made to ask whether another statement is about all of
 * them too. A yes is certain, a no may be a yes that does not show.
 */
export class Reach {
  #principals: readonly PrincipalValue[] | null = null;
  #actions: readonly Pattern[] | null = null;
  #resources: readonly Pattern[] | null = null;

  constructor(
    private readonly statement: Statement,
    private readonly variables: boolean,
  ) {}

  /** Whether the Principal element names everyone, the anonymous caller too. */
  get everyone(): boolean {
    return this.#named.some(({ names }) => names === 'everyone');
  }

  /** Whether this statement is about all calls that `other` is about. */
  covers(other: Reach, budget: Budget): boolean {
    return this.#coversCallers(other, budget) && this.coversTargets(other, budget);
  }

  /** The same of actions and resources alone. */
  coversTargets(other: Reach, budget: Budget): boolean {
    const [wide, narrow] = [this.statement, other.statement];
    return (
      allCovered(wide.NotAction, narrow.NotAction, this.#actionPatterns, other.#actionPatterns, budget) &&
      allCovered(wide.NotResource, narrow.NotResource, this.#resourcePatterns, other.#resourcePatterns, budget)
    );
  }

  #coversCallers(other: Reach, budget: Budget): boolean {
    if (this.statement.NotPrincipal !== undefined || other.statement.NotPrincipal !== undefined) return false;
    // An identity policy speaks of whoever has it.
    if (this.statement.Principal === undefined || this.everyone) return true;
    if (!budget.spend(this.#named.length * other.#named.length)) return false;
    return other.#named.every((narrow) => this.#named.some((wide) => namesAll(wide, narrow)));
  }

  get #named(): readonly PrincipalValue[] {
    this.#principals ??= namedBy(this.statement);
    return this.#principals;
  }

  get #actionPatterns(): readonly Pattern[] {
    this.#actions ??= many(this.statement.Action ?? this.statement.NotAction).map(actionOf);
    return this.#actions;
  }

  get #resourcePatterns(): readonly Pattern[] {
    this.#resources ??= many(this.statement.Resource ?? this.statement.NotResource).map((text) =>
      resourceOf(text, this.variables),
    );
    return this.#resources;
  }
}

/** One entry of an Action or Resource element. */
interface Pattern {
  readonly text: string;
  /** `tail`: of the API being called, from its stage on. */
  readonly form: 'all' | 'whole' | 'tail';
  /** Undefined where the pattern has variables, so that it is known only for a call. */
  readonly shape: Shape | undefined;
}

function actionOf(text: string): Pattern {
  const lower = text.toLowerCase();
  const parsed = parseActionPattern(lower);
  if (parsed.ok && parsed.value === null) return { text: lower, form: 'all', shape: undefined };
  const template = parseTemplate(lower, { wildcards: true, variables: false });
  return {
    text: lower,
    form: 'whole',
    shape: template.ok && isTokens(template.value) ? shapeOf(template.value) : undefined,
  };
}

function resourceOf(text: string, variables: boolean): Pattern {
  const parsed = parseResourcePattern(text, { shortForm: true, variables });
  if (!parsed.ok) return { text, form: 'whole', shape: undefined };
  const { value } = parsed;
  if (value.form === 'all') return { text, form: 'all', shape: undefined };
  const form = value.form === 'tail' ? 'tail' : 'whole';
  return { text, form, shape: isTokens(value.template) ? shapeOf(value.template) : undefined };
}

/** A list with `Not` in front is taken to cover nothing, and to be covered only by a list that has all. */
function allCovered(
  wideNot: unknown,
  narrowNot: unknown,
  wide: readonly Pattern[],
  narrow: readonly Pattern[],
  budget: Budget,
): boolean {
  if (wideNot !== undefined) return false;
  if (wide.some(({ form }) => form === 'all')) return true;
  if (narrowNot !== undefined) return false;
  return narrow.every((one) => wide.some((other) => coversPattern(other, one, budget)));
}

function coversPattern(wide: Pattern, narrow: Pattern, budget: Budget): boolean {
  if (!budget.spend(1)) return false;
  if (wide.form === narrow.form && wide.text === narrow.text) return true;
  if (wide.shape === undefined || narrow.shape === undefined) return false;
  if (wide.form === narrow.form) return includes(wide.shape, narrow.shape, budget);
  return wide.form === 'tail' && wide.text === 'execute-api:/*' && isBelowAnApi(narrow.text);
}

/** Whether every ARN that a pattern matches is that of something in an API. */
function isBelowAnApi(text: string): boolean {
  const [, partition = '*', service, , , resource = ''] = splitArn(text) ?? [];
  return service === 'execute-api' && !partition.includes('*') && resource.includes('/');
}

function namedBy({ Principal = {} }: Statement): PrincipalValue[] {
  if (Principal === '*') return [{ names: 'everyone' }];
  return Object.entries(Principal).flatMap(([type, texts]) =>
    many<string>(texts).flatMap((text) => {
      const parsed = parsePrincipalValue(type, text);
      return parsed.ok ? [parsed.value] : [];
    }),
  );
}

/** Whether a value of a Deny's Principal names everyone whom a value of an Allow's Principal names. */
function namesAll(wide: PrincipalValue, narrow: PrincipalValue): boolean {
  if (narrow.names === 'nobody') return true;
  if (wide.names === 'service') return narrow.names === 'service' && wide.service === narrow.service;
  if (wide.names === 'account') {
    const other = narrow.names === 'identity' ? narrow.identity : narrow;
    if (!('account' in other) || other.account !== wide.account) return false;
    return wide.partition === null || wide.partition === other.partition;
  }
  if (wide.names !== 'identity' || narrow.names !== 'identity') return false;
  return wide.identity.type === 'role'
    ? isRoleOf(wide.identity, narrow.identity)
    : narrow.identity.text === wide.identity.text;
}
