import { type Command, InvalidArgumentError, Option } from 'commander';
import { AUTHORIZATION_TYPES, AUTHORIZER_RESULTS, type Layer } from '../decision/decision.js';
import type { Asked, CallBody, DecisionBody, PolicyReference, SimulationBody } from '../service/decision-request.js';
import { collect } from './command.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { MAX_SMALL_FILE, readJson } from './input.js';
import type { Mount } from './source.js';
import type { Terminal } from './terminal.js';

/** What `decide` and `explain` are asked with. */
export interface QuestionOptions {
  readonly principal: string;
  readonly action?: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly endpoint?: string;
  readonly api?: string;
  readonly endpointPolicy?: string;
  readonly resourcePolicy?: string;
  readonly identityPolicy?: readonly string[];
  readonly permissionsBoundary?: string;
  readonly sessionPolicy?: readonly string[];
  readonly authorizationType?: SimulationBody['authorizationType'];
  readonly authorizerResult?: SimulationBody['authorizerResult'];
  readonly authorizerPolicy?: string;
  readonly scope?: SimulationBody['scope'];
  readonly store?: string;
}

export const withQuestion = (command: Command): Command =>
  command
    .requiredOption('--principal <arn>', 'who calls: the ARN of a user, role, session or root, or anonymous')
    .requiredOption(
      '--resource <arn>',
      'what is called: arn:aws:execute-api:<region>:<account>:<api>/<stage>/<VERB>/<path>',
    )
    .option('--action <action>', 'what is done there (default: execute-api:Invoke)')
    .addOption(
      new Option(
        '--context <key=value...>',
        'condition keys of the call; a key that is given again has several values',
      ).argParser(readContext),
    )
    .optionsGroup('Policies, each a FILE, or stored:NAME[@VERSION]:')
    .option('--endpoint-policy <policy>', 'policy of the VPC endpoint (default: full access)')
    .option('--resource-policy <policy>', 'resource policy of the API (default: none)')
    .option('--identity-policy <policy>', 'identity policy of the caller; may be repeated', collect)
    .option('--permissions-boundary <policy>', 'permissions boundary of the caller')
    .option('--session-policy <policy>', 'session policy of the caller; may be repeated', collect)
    .option('--authorizer-policy <policy>', 'policy that the Lambda authorizer returned')
    .optionsGroup('How the call is judged:')
    .addOption(new Option('--authorization-type <type>', 'of the method (default: NONE)').choices(AUTHORIZATION_TYPES))
    .addOption(new Option('--authorizer-result <result>', 'what the authorizer said').choices(AUTHORIZER_RESULTS))
    .addOption(new Option('--scope <scope>', 'endpoint: the endpoint policy alone').choices(['full', 'endpoint']))
    .optionsGroup('What is stored:')
    .option('--store <file>', 'judge by what this export of a store holds')
    .option('--endpoint <id>', 'stored VPC endpoint that the call comes through; what no option says comes from it')
    .option('--api <id>', 'stored API that is called, where a draft is tried');

/** `aws:SourceVpc=vpc-1a2b3c4d`. A value may hold further `=`; without a prototype, so that any key is one. */
function readContext(text: string, before: QuestionOptions['context'] = {}): NonNullable<QuestionOptions['context']> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write key=value, as in aws:SourceVpc=vpc-1a2b3c4d.');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  const values = Object.hasOwn(before, key) ? [before[key]!, value].flat() : value;
  return Object.fromEntries([...Object.entries(before).filter(([name]) => name !== key), [key, values]]);
}

/** A question, and which file brought what of it. */
export interface AskedQuestion {
  readonly asked: Asked;
  readonly mounts: readonly Mount[];
  /** What people call the policies that came from files, by layer and place. */
  readonly labels: ReadonlyMap<string, string>;
}

export const labelKey = (layer: Layer, index?: number): string => (index === undefined ? layer : `${layer}/${index}`);

/**
 * A question that leaves every policy to what is stored is one for a decision; with drafts in place of them it is a
 * simulation.
 * @throws Failure
 */
export async function readQuestion(
  terminal: Terminal,
  options: QuestionOptions,
  hasStore: boolean,
): Promise<AskedQuestion> {
  const { endpoint, api, endpointPolicy, resourcePolicy, authorizationType, scope } = options;
  if (!hasStore && (endpoint !== undefined || api !== undefined)) {
    throw new Failure(EXIT.unusable, '--endpoint and --api name what is stored: add --server or --store');
  }
  const reader = new PolicyReader(terminal, hasStore);
  const one = (path: string | undefined, field: string, layer: Layer) => reader.read(path, `/${field}`, layer);
  const many = (paths: readonly string[] | undefined, field: string, layer: Layer) =>
    paths && Promise.all(paths.map((path, index) => reader.read(path, `/${field}/${index}`, layer, index)));
  const caller = {
    identityPolicies: await many(options.identityPolicy, 'identityPolicies', 'identity'),
    permissionsBoundary: await one(options.permissionsBoundary, 'permissionsBoundary', 'boundary'),
    sessionPolicies: await many(options.sessionPolicy, 'sessionPolicies', 'session'),
    authorizerResult: options.authorizerResult,
    authorizerPolicy: await one(options.authorizerPolicy, 'authorizerPolicy', 'authorizer'),
  };
  const call: CallBody = present({
    principal: options.principal,
    action: options.action,
    resource: options.resource,
    context: options.context,
  });
  const drafts = {
    api,
    endpointPolicy: await one(endpointPolicy, 'endpointPolicy', 'endpoint'),
    resourcePolicy: await one(resourcePolicy, 'resourcePolicy', 'resource'),
    authorizationType,
    scope,
  };
  const { labels } = reader;
  const mounts = [...reader.mounts, ...optionMounts(['', '/request'])];
  if (endpoint !== undefined && Object.values(drafts).every((draft) => draft === undefined)) {
    return {
      asked: { form: 'decision', body: present({ ...call, endpoint, ...caller }) as DecisionBody },
      mounts,
      labels,
    };
  }
  const body = present({ endpoint, ...drafts, ...caller, request: call }) as SimulationBody;
  return { asked: { form: 'simulation', body }, mounts, labels };
}

/** What the call's own options have brought. */
const optionMounts = (bases: readonly string[]): Mount[] =>
  bases.flatMap((base) =>
    ['principal', 'action', 'resource', 'context', 'endpoint', 'api'].map((member) => ({
      at: `${base}/${member}`,
      option: `--${member}`,
    })),
  );

/** Without the members that nobody has given. */
const present = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

const STORED = 'stored:';

class PolicyReader {
  readonly mounts: Mount[] = [];
  readonly labels = new Map<string, string>();

  constructor(
    private readonly terminal: Terminal,
    private readonly hasStore: boolean,
  ) {}

  async read(path: string, at: string, layer: Layer, index?: number): Promise<PolicyReference>;
  async read(path: string | undefined, at: string, layer: Layer, index?: number): Promise<PolicyReference | undefined>;
  async read(path: string | undefined, at: string, layer: Layer, index?: number): Promise<PolicyReference | undefined> {
    if (path === undefined) return undefined;
    if (path.startsWith(STORED)) {
      if (this.hasStore) return path.slice(STORED.length);
      throw new Failure(EXIT.unusable, `\`${path}\` names what is stored: add --server or --store`);
    }
    const { value, source } = await readJson(this.terminal, path, MAX_SMALL_FILE);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Failure(EXIT.unusable, `${source.name} is no policy document: that is a JSON object`);
    }
    this.mounts.push({ at, source });
    this.labels.set(labelKey(layer, index), source.name);
    return value as Record<string, unknown>;
  }
}
