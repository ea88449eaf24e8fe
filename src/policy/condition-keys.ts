import { charactersOf } from './characters.js';

/**
 * The condition keys that AWS documents for execute-api: IAM User Guide, "AWS global condition context keys";
 * API Gateway Developer Guide, "AWS condition keys for API Gateway resource policies".
 * A key that is not here is a string of unknown origin and may hold one value or a set.
 */
export interface ConditionKey {
  /** Lower case, the form in which names of keys compare. */
  readonly key: string;
  /** As AWS writes it, for messages. */
  readonly name: string;
  readonly type: KeyType;
  /** Holds a set of values, so needs ForAllValues or ForAnyValue, and is no policy variable. */
  readonly multivalued: boolean;
  /** Says something of the caller: absent where a method does not authenticate with IAM. */
  readonly aboutPrincipal: boolean;
  /** Holds an id that AWS makes: wildcards in it are pointless, and refused in endpoint policies. */
  readonly systemId: boolean;
  /** Whether calls of execute-api through an endpoint carry the key (reading U31: absent where AWS does not list it). */
  readonly presence: 'always' | 'sometimes' | 'never';
}

export type KeyType = 'string' | 'arn' | 'ip' | 'numeric' | 'date' | 'epoch' | 'bool';

type Trait = 'multivalued' | 'aboutPrincipal' | 'systemId' | 'always' | 'never';

const documented: readonly (readonly [name: string, type: KeyType, ...traits: readonly Trait[]])[] = [
  ['aws:PrincipalArn', 'arn', 'aboutPrincipal'],
  ['aws:PrincipalAccount', 'string', 'aboutPrincipal', 'systemId'],
  ['aws:PrincipalType', 'string', 'aboutPrincipal'],
  ['aws:userid', 'string', 'aboutPrincipal'],
  ['aws:username', 'string', 'aboutPrincipal'],
  ['aws:PrincipalOrgID', 'string', 'aboutPrincipal', 'systemId'],
  ['aws:PrincipalOrgPaths', 'string', 'aboutPrincipal', 'multivalued'],
  ['aws:PrincipalIsAWSService', 'bool', 'aboutPrincipal'],
  ['aws:PrincipalServiceName', 'string', 'aboutPrincipal'],
  ['aws:PrincipalServiceNamesList', 'string', 'aboutPrincipal', 'multivalued'],
  ['aws:TokenIssueTime', 'date', 'aboutPrincipal'],
  ['aws:MultiFactorAuthPresent', 'bool', 'aboutPrincipal'],
  ['aws:MultiFactorAuthAge', 'numeric', 'aboutPrincipal'],
  ['aws:SourceIdentity', 'string', 'aboutPrincipal'],
  ['aws:FederatedProvider', 'string', 'aboutPrincipal'],
  ['aws:AssumedRoot', 'string', 'aboutPrincipal'],
  ['aws:ChatbotSourceArn', 'arn', 'aboutPrincipal'],
  ['aws:SignInSessionArn', 'arn', 'aboutPrincipal'],
  ['aws:Ec2InstanceSourceVpc', 'string', 'aboutPrincipal'],
  ['aws:Ec2InstanceSourcePrivateIPv4', 'ip', 'aboutPrincipal'],
  ['aws:SourceIp', 'ip'],
  ['aws:VpcSourceIp', 'ip', 'always'],
  ['aws:SourceVpce', 'string', 'systemId', 'always'],
  ['aws:SourceVpc', 'string', 'systemId', 'always'],
  ['aws:SourceVpcArn', 'arn', 'never'],
  ['aws:VpceAccount', 'string', 'systemId', 'never'],
  ['aws:VpceOrgID', 'string', 'systemId', 'never'],
  ['aws:VpceOrgPaths', 'string', 'multivalued', 'never'],
  ['aws:ResourceAccount', 'string', 'systemId', 'always'],
  ['aws:ResourceOrgID', 'string', 'systemId'],
  ['aws:ResourceOrgPaths', 'string', 'multivalued'],
  ['aws:CurrentTime', 'date', 'always'],
  ['aws:EpochTime', 'epoch', 'always'],
  ['aws:RequestedRegion', 'string', 'always'],
  ['aws:SecureTransport', 'bool', 'always'],
  ['aws:Referer', 'string'],
  ['aws:UserAgent', 'string'],
  ['aws:ViaAWSService', 'bool', 'always'],
  ['aws:CalledVia', 'string', 'multivalued'],
  ['aws:CalledViaFirst', 'string'],
  ['aws:CalledViaLast', 'string'],
  ['aws:SourceArn', 'arn'],
  ['aws:SourceAccount', 'string', 'systemId'],
  ['aws:SourceOrgID', 'string', 'systemId'],
  ['aws:SourceOrgPaths', 'string', 'multivalued'],
  ['aws:TagKeys', 'string', 'multivalued', 'never'],
  ['aws:ViaCustomerDomain', 'string'],
  ['execute-api:viaDomainArn', 'arn'],
];

const describe = (name: string, type: KeyType, traits: readonly Trait[]): ConditionKey => ({
  key: name.toLowerCase(),
  name,
  type,
  multivalued: traits.includes('multivalued'),
  aboutPrincipal: traits.includes('aboutPrincipal'),
  systemId: traits.includes('systemId'),
  presence: traits.includes('always') ? 'always' : traits.includes('never') ? 'never' : 'sometimes',
});

const known: readonly ConditionKey[] = documented.map(([name, type, ...traits]) => describe(name, type, traits));

const byName: ReadonlyMap<string, ConditionKey> = new Map(known.map((key) => [key.key, key]));

/** As AWS spells them, which nearly everybody does: found without making a lower-case name. */
const bySpelling: ReadonlyMap<string, ConditionKey> = new Map(known.map((key) => [key.name, key]));

/** @param name in the spelling of AWS. @returns undefined for any other spelling too */
export const keySpelled = (name: string): ConditionKey | undefined => bySpelling.get(name);

/** The form in which names of keys compare; for documented ones the one text that stands for all. */
export const lowerKey = (name: string): string => bySpelling.get(name)?.key ?? name.toLowerCase();

/** Families of keys whose last part the customer chooses; each key of them holds one value. */
const families: readonly (readonly [prefix: string, trait: Trait])[] = [
  ['aws:principaltag/', 'aboutPrincipal'],
  ['aws:resourcetag/', 'never'],
  ['aws:requesttag/', 'never'],
];

/** Keys of sessions that a service makes for its own credentials. */
const sessionServices: readonly string[] = ['ec2:', 'lambda:', 'ssm:'];

/** @param key lower-case name of a condition key. @returns what AWS documents of it, undefined for a key it does not know */
export function conditionKey(key: string): ConditionKey | undefined {
  const documented = byName.get(key);
  if (documented !== undefined) return documented;
  const family = families.find(([prefix]) => key.startsWith(prefix));
  return family && describe(key, 'string', [family[1]]);
}

/**
 * API Gateway Developer Guide, "AWS condition keys for API Gateway resource policies": the keys that exist only for
 * a caller whom IAM has authenticated. @param key lower-case name
 */
export const isAboutPrincipal = (key: string): boolean =>
  conditionKey(key)?.aboutPrincipal ??
  (key.startsWith('aws:principal') ||
    key.startsWith('aws:multifactorauth') ||
    key.startsWith('aws:ec2instance') ||
    sessionServices.some((prefix) => key.startsWith(prefix)));

const LONGEST_KEY = 256;

/** Condition keys are `prefix:name`; a tag's part may hold anything, up to 256 characters in all. */
export const isConditionKey = (text: string): boolean =>
  charactersOf(text, LONGEST_KEY) <= LONGEST_KEY && /^[A-Za-z0-9_-]+:[^\s].*$/s.test(text);
