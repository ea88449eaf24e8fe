import type { CompiledStatement } from './compiled-policy.js';
import { many, type PrincipalElement } from './document.js';
import { quoted } from './issue.js';
import { missOfText } from './miss.js';
import type { Principal } from './principal.js';
import { Grant, PrincipalSet } from './principal-set.js';
import type { AccessRequest } from './request.js';
import { type Missed, nearestBy } from './trace-miss.js';

interface Named {
  readonly type: string;
  readonly text: string;
}

/** Why a Principal or NotPrincipal names the caller in this way, or does not. */
export function principalDetail(
  statement: CompiledStatement,
  element: PrincipalElement,
  grant: Grant,
  request: AccessRequest,
): Missed {
  const { principal } = request;
  if (statement.principal?.negated) return { detail: exemption(namedBy(element), grant, request) };
  if (element === '*') return { pattern: '*', detail: EVERYONE };
  if (grant === Grant.none) return missed(element, principal);
  const named = namedBy(element);
  const value =
    named.find(({ text }) => text === '*' || text === principal.text) ??
    named.find((each) => setOf([each]).grant(principal, statement.effect) === grant);
  const pattern = value?.text ?? principal.text;
  return { pattern, detail: GRANTS[grant](pattern, principal) };
}

const EVERYONE = 'everyone is named, the anonymous caller too';

const GRANTS: Readonly<Record<Exclude<Grant, 0>, (text: string, caller: Principal) => string>> = {
  [Grant.account]: (_, { account }) => `the caller's account ${quoted(account)} is named`,
  [Grant.role]: (text) => `the caller's role is named: ${quoted(text)}`,
  [Grant.caller]: (text) => (text === '*' ? EVERYONE : 'the caller is named'),
};

function missed(element: Exclude<PrincipalElement, '*'>, { type, text }: Principal): Missed {
  const texts = Object.values(element).flatMap((values) => many<string>(values));
  if (type === 'anonymous') {
    const detail = 'the caller is anonymous, and only `*` names an anonymous caller';
    return texts[0] === undefined ? { detail } : { pattern: texts[0], detail };
  }
  const nearest = nearestBy(texts, 'the caller', text, (entry) => missOfText(entry, text));
  const who = `the caller ${quoted(text)} is not named`;
  return nearest === null ? { detail: who } : { pattern: nearest.pattern, detail: `${who}: ${nearest.difference}` };
}

/** A NotPrincipal exempts only whom it lists at every level. */
function exemption(named: readonly Named[], grant: Grant, { principal, hasBoundary }: AccessRequest): string {
  if (grant === Grant.none) return 'the caller is exempt';
  if (hasBoundary) return 'a caller with a permissions boundary is never exempt';
  const missing = missingLevels(named, principal);
  if (principal.type === 'anonymous') return 'an anonymous caller is never exempt';
  if (missing.length === 0) return 'a session of unknown name cannot be exempt';
  return `the caller is not exempt: ${missing.map(quoted).join(' and ')} would have to be listed too`;
}

/** What a NotPrincipal would have to list besides, so that it exempts the caller; empty where nothing would do. */
export function missingLevels(named: readonly Named[], caller: Principal): string[] {
  const levels = levelsOf(caller).map((text): Named => ({ type: caller.type === 'service' ? 'Service' : 'AWS', text }));
  if (!setOf(levels).exempts(caller)) return [];
  return levels
    .filter((level) => !setOf([...named, ...levels.filter((other) => other !== level)]).exempts(caller))
    .map(({ text }) => text);
}

function levelsOf({ type, text, partition, account, role }: Principal): string[] {
  if (account === '') return type === 'service' ? [text] : [];
  const root = `arn:${partition}:iam::${account}:root`;
  if (type === 'root') return [root];
  return role === '' ? [root, text] : [root, `arn:${partition}:iam::${account}:role/${role}`, text];
}

/** The values of a Principal element, each with the member under which it stands. */
export function namedBy(element: PrincipalElement): Named[] {
  if (element === '*') return [{ type: 'AWS', text: '*' }];
  return Object.entries(element).flatMap(([type, texts]) => many<string>(texts).map((text) => ({ type, text })));
}

function setOf(named: readonly Named[]): PrincipalSet {
  const element: Record<string, string[]> = {};
  for (const { type, text } of named) element[type] = [...(element[type] ?? []), text];
  return new PrincipalSet(element);
}
