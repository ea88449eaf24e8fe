import type { CompiledStatement } from '../policy/compiled-policy.js';
import { conditionKey, isAboutPrincipal } from '../policy/condition-keys.js';
import { quoted } from '../policy/issue.js';
import { parseTemplate, type Template } from '../policy/variables.js';
import type { JudgedPolicy } from './decision.js';
import { listed, statementName, titleOf } from './names.js';

interface Place {
  readonly key: string;
  readonly where: string[];
  readonly hidden: boolean;
}

/**
 * Each key that a Deny reads and the request lacks, in a sentence: an absent key under a negated operator is the
 * commonest reason for a 403 that nobody understands, and one that a caller forgot to send may skip a Deny.
 */
export function absentKeys(judged: readonly JudgedPolicy[]): string[] {
  const places = new Map<string, Place>();
  for (const { layer, policy, request } of judged) {
    const title = titleOf({ layer, ...policy });
    const variables = policy.document?.Version === '2012-10-17';
    for (const statement of policy.compiled.statements) {
      if (statement.effect !== 'Deny') continue;
      for (const [lower, key] of keysRead(statement, variables)) {
        if (request.context.get(lower) !== undefined) continue;
        const hidden = request.principal.type === 'anonymous' && isAboutPrincipal(lower);
        const place = places.get(lower) ?? { key, where: [], hidden };
        place.where.push(`${statementName(statement)} of ${title}`);
        places.set(lower, place);
      }
    }
  }
  return [...places.values()].map(({ key, where, hidden }) => {
    const lacks = hidden ? 'which no anonymous call has' : 'which the request lacks';
    return `a Deny reads ${quoted(key)}, ${lacks}: ${listed(where)}`;
  });
}

/** The keys of a statement's conditions and variables, by lower-case name, as they are written. */
function keysRead(statement: CompiledStatement, variables: boolean): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const add = (template: Template): void => {
    for (const piece of template) {
      if ('variable' in piece) keys.set(piece.variable, conditionKey(piece.variable)?.name ?? piece.variable);
    }
  };
  for (const entry of statement.resource.entries) if ('template' in entry) add(entry.template);
  for (const { key, keyText, operands } of statement.conditions) {
    keys.set(key, keyText);
    for (const { text } of operands) {
      const template = variables && text.includes('${') ? parseTemplate(text, { wildcards: true, variables }) : null;
      if (template?.ok) add(template.value);
    }
  }
  return keys;
}
