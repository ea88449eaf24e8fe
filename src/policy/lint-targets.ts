import { covers, parseActionPattern } from './action.js';
import { isAccount, OWN_REGION, splitArn, VERBS } from './arn.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { Entry, StatementRule } from './linted.js';

/** Actions and resources: what never matches a call of execute-api. */
export const targetRules: readonly StatementRule[] = [
  function* foreignActions(statement, { kind }) {
    for (const { text, pointer } of statement.entries('Action')) {
      const [service = '', name] = text.toLowerCase().split(':');
      if (name === undefined || service === '*') continue;
      if (service !== SERVICE) {
        // An identity policy speaks of every service that its caller uses.
        if (kind === 'identity') continue;
        const detail = `${quoted(text)} is no action on an API's methods: write \`execute-api:Invoke\``;
        yield finding('action-of-another-service', pointer, detail);
      } else if (!matchesAny(text)) {
        const detail = `${quoted(text)} is no action of execute-api: write ${ACTIONS.map((one) => `\`${one}\``).join(', ')} or \`execute-api:*\``;
        yield finding('unknown-action', pointer, detail);
      }
    }
  },
  function* resources(statement, { kind, variables }) {
    for (const entry of statement.entries('Resource')) {
      const { text, pointer } = entry;
      const service = text.split(':', 3)[2];
      const foreign = !text.startsWith(SHORT_FORM) && service !== undefined && service !== SERVICE;
      if (foreign && kind !== 'identity') {
        const detail = `${quoted(text)} is no resource of execute-api: write \`arn:aws:execute-api:<region>:<account>:<api>/*\``;
        yield finding('resource-of-another-service', pointer, detail);
      } else if (!foreign) {
        // Identity policies may speak of WebSocket APIs too, whose ARNs have other forms.
        const why = kind === 'identity' ? bareApi(text) : mismatch(entry, variables);
        if (why !== undefined) yield finding('resource-matches-no-method', pointer, `${quoted(text)} ${why}`);
      }
    }
  },
  function* nothingLeft({ element, pointer }, { kind }) {
    const { NotAction, NotResource, NotPrincipal } = element;
    const all = (texts: string | readonly string[] | undefined, ...forms: string[]) =>
      texts !== undefined && [texts].flat().some((text) => forms.includes(text.toLowerCase()));
    const say = (name: string) =>
      `${name} leaves nothing: the statement never matches; list what to leave out, or write \`${name.slice(3)}\``;
    if (all(NotAction, '*', '*:*', ...(kind === 'identity' ? [] : ['execute-api:*']))) {
      yield finding('excludes-everything', `${pointer}/NotAction`, say('NotAction'));
    }
    if (all(NotResource, '*', '*:*'))
      yield finding('excludes-everything', `${pointer}/NotResource`, say('NotResource'));
    if (NotPrincipal === '*' || (NotPrincipal !== undefined && all(NotPrincipal.AWS, '*'))) {
      const detail =
        'NotPrincipal leaves nobody but callers with a permissions boundary: list whom to exempt, or write `Principal`';
      yield finding('excludes-everything', `${pointer}/NotPrincipal`, detail);
    }
  },
];

const SERVICE = 'execute-api';
const SHORT_FORM = 'execute-api:/';

/** Service Authorization Reference, "Actions, resources, and condition keys for Amazon API Gateway". */
const ACTIONS: readonly string[] = [
  'execute-api:Invoke',
  'execute-api:InvalidateCache',
  'execute-api:ManageConnections',
];

function matchesAny(text: string): boolean {
  const pattern = parseActionPattern(text);
  return pattern.ok && ACTIONS.some((action) => covers(pattern.value, action.toLowerCase()));
}

/** Why an entry of a Resource element matches the ARN of no method of a REST API; undefined if it may match one. */
function mismatch({ text }: Entry, variables: boolean): string | undefined {
  if (text.startsWith(SHORT_FORM)) return tailMismatch(text.slice(SHORT_FORM.length), ['stage', 'verb'], variables);
  const fields = splitArn(text);
  if (fields === undefined || fields[5].startsWith('/domainnames/')) return undefined;
  const [, partition, , region, account, resource] = fields;
  if (isPlain(partition) && !/^aws(-[a-z]+)*$/.test(partition)) return `names no partition: write \`aws\``;
  if (isPlain(region) && !/^[a-z0-9-]+$/.test(region)) return 'names no Region: write one, as in `us-east-1`, or `*`';
  if (isPlain(account) && !isAccount(account)) return "names no account: write the API owner's 12 digits, or `*`";
  return bareApi(text) ?? tailMismatch(resource, region === OWN_REGION ? ['api'] : ['api', 'stage', 'verb'], variables);
}

const isPlain = (text: string): boolean => !/[*?]/.test(text);

/** AWS's own workflow page shows this form (reading U5). */
function bareApi(text: string): string | undefined {
  if (!/^[^/]+\/$/.test(splitArn(text)?.[5] ?? '')) return undefined;
  return `matches no method: write \`${text.slice(-60)}*\` for the whole API`;
}

const segments = {
  api: { whole: /^[A-Za-z0-9]+$/, say: 'the id of an API is letters and digits' },
  stage: { whole: /^[A-Za-z0-9_-]+$/, say: 'the name of a stage is letters, digits, `_` and `-`' },
  verb: { whole: null, say: 'a request has a verb such as `GET`, and `*` stands for all: `ANY` is configuration only' },
} as const;

/** The part up to the first `*` must be able to begin `<api>/<stage>/<VERB>/<path>`; after a star anything may follow. */
function tailMismatch(
  resource: string,
  expected: readonly (keyof typeof segments)[],
  variables: boolean,
): string | undefined {
  const end = resource.search(variables ? /\*|\$\{/ : /\*/);
  const head = end < 0 ? resource : resource.slice(0, end);
  const parts = head.split('/');
  // A `?` may stand for a slash.
  if (parts.slice(0, expected.length).some((part) => part.includes('?'))) return undefined;
  for (const [at, name] of expected.entries()) {
    const part = parts[at];
    if (part === undefined) break;
    const open = end >= 0 && at === parts.length - 1;
    if (!fits(name, part, open)) return `matches no method: ${segments[name].say}`;
  }
  if (end >= 0 || parts.length > expected.length) return undefined;
  return 'matches no method: an ARN goes on to `<stage>/<VERB>/<path>`; end it in `/*` for all below';
}

function fits(name: keyof typeof segments, part: string, open: boolean): boolean {
  const { whole } = segments[name];
  if (whole !== null) return (open && part === '') || whole.test(part);
  return VERBS.some((verb) => (open ? verb.startsWith(part) : verb === part));
}
