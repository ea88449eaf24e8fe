import type { DeterminingStatement, PolicyOutcome } from '../decision/decision.js';
import type { PolicyTrace } from '../decision/explanation.js';
import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import { labelKey } from './question.js';
import { type Terminal, visible } from './terminal.js';

type Labels = ReadonlyMap<string, string>;

/** A decision as a person reads it: what, why, and who said what. */
export function decisionText(answer: DecisionAnswer, labels: Labels, terminal: Terminal): string {
  const { decision, reason, layer, message, policies, assumed } = answer;
  const colour = decision === 'Allow' ? 'green' : 'red';
  const lines = [
    `${terminal.paint([colour, 'bold'], decision)}  ${reason}${layer === null ? '' : `, ${LAYERS[layer]}`}`,
    ...(message === null ? [] : [`  ${visible(message)}`]),
  ];
  const rows = policies.map((policy) => ({ ...policy, name: nameOf(policy, labels) }));
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  for (const [at, { layer: of, name, outcome }] of rows.entries()) {
    const by = answer.determining.filter((statement) => isOf(statement, policies[at]!)).map(statementText);
    lines.push(
      `  ${of.padEnd(10)} ${name.padEnd(width)}  ${OUTCOMES[outcome]}${by.length === 0 ? '' : ` by ${by.join(', ')}`}`,
    );
  }
  if (assumed.length > 0) lines.push(`  taken for granted: ${assumed.map((each) => ASSUMED[each] ?? each).join(', ')}`);
  if (reason in HINTS) lines.push(`  ${HINTS[reason]}`);
  return `${lines.join('\n')}\n`;
}

const LAYERS = {
  endpoint: 'by the endpoint policy',
  resource: 'by the resource policy',
  authorizer: 'by the authorizer',
  identity: 'by the identity policies',
  boundary: 'by the permissions boundary',
  session: 'by the session policies',
} as const;

const OUTCOMES = { allow: 'allows', explicitDeny: 'denies', implicitDeny: 'is silent' } as const;

const ASSUMED: Readonly<Record<string, string>> = {
  NO_IDENTITY_POLICIES: 'no identity policies',
  NO_BOUNDARY: 'no permissions boundary',
  NO_SESSION_POLICIES: 'no session policies',
};

const HINTS: Readonly<Record<string, string>> = {
  NO_RESOURCE_POLICY:
    'a private API without a resource policy answers nobody: add --resource-policy, or --scope endpoint to judge the endpoint policy alone',
};

const isOf = (statement: DeterminingStatement, policy: PolicyOutcome): boolean =>
  statement.layer === policy.layer && statement.name === policy.name && statement.index === policy.index;

const statementText = ({ pointer, sid }: { readonly pointer: string; readonly sid: string | null }): string =>
  visible(sid === null ? pointer : `${pointer} "${sid}"`);

/** What a policy is called: the file it came from, its stored name, or what it is. */
function nameOf({ layer, index, name, version }: PolicyOutcome, labels: Labels): string {
  if (name !== null) return visible(`${name}@${version}`);
  const label = labels.get(labelKey(layer, index));
  return label === undefined ? (layer === 'endpoint' ? 'full access' : 'brought along') : visible(label);
}

/** A decision, and what led to it and would change it. */
export function explanationText(answer: ExplanationAnswer, labels: Labels, terminal: Terminal): string {
  const heading = (text: string): string => `\n${terminal.paint('bold', text)}\n`;
  const { summary, trace, notReached, remedies } = answer;
  let text = decisionText(answer, labels, terminal);
  text += heading('Why') + summary.map((sentence) => `  - ${visible(sentence)}\n`).join('');
  if (trace.length > 0) text += heading('Policies that were asked') + traceText(trace, labels, terminal);
  if (notReached.length > 0)
    text += heading('Policies that were not reached, and decided nothing') + traceText(notReached, labels, terminal);
  if (remedies.length === 0) return text;
  text += heading('What would allow it, the narrowest first');
  for (const [at, { summary: what, widens, changes }] of remedies.entries()) {
    text += `  ${at + 1}. ${visible(what)}${widens ? ' (may allow other calls, too)' : ''}\n`;
    for (const { target, layer, name, index, patch } of changes) {
      const file = layer === undefined ? undefined : labels.get(labelKey(layer, index));
      const where = name ?? file ?? '';
      text += `     ${[target, layer, where]
        .filter(Boolean)
        .map((part) => visible(part as string))
        .join(' ')}: ${visible(JSON.stringify(patch))}\n`;
    }
  }
  return text;
}

function traceText(trace: readonly PolicyTrace[], labels: Labels, terminal: Terminal): string {
  const mark = (matched: boolean): string => (matched ? terminal.paint('green', '✓') : terminal.paint('red', '✗'));
  return trace
    .map((policy) => {
      const statements = policy.statements.map((statement) => {
        const elements = statement.elements.map(
          ({ element, matched, detail, condition }) =>
            `      ${mark(matched)} ${element}${condition ? ` ${visible(condition.operator)} ${visible(condition.key)}` : ''}: ${visible(detail)}\n`,
        );
        return `    ${mark(statement.matched)} ${statementText(statement)} ${statement.effect}\n${elements.join('')}`;
      });
      return `  ${policy.layer} ${nameOf(policy, labels)} ${OUTCOMES[policy.outcome]}\n${statements.join('')}`;
    })
    .join('');
}
