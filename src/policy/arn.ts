import { ArnTokens } from './arn-tokens.js';
import { CharacterSet, DIGITS } from './characters.js';
import { isDomain } from './domain-name.js';
import { fault, ok, quoted, type Result } from './issue.js';
import { Subject } from './positions.js';

/**
 * AWS General Reference, "Amazon Resource Names": `arn:partition:service:region:account:resource`. Known by where its
 * colons are: most parts of most ARNs are never looked at.
 */
export class Arn extends Subject {
  private _tokens: ArnTokens | null = null;

  /** @param ends of partition, service, region and account: the places of the second to fifth colon */
  constructor(
    text: string,
    private readonly _partitionEnd: number,
    private readonly _serviceEnd: number,
    private readonly _regionEnd: number,
    private readonly _accountEnd: number,
  ) {
    super(text);
  }

  get partition(): string {
    return this.text.slice(SCHEME.length, this._partitionEnd);
  }
  get service(): string {
    return this.text.slice(this._partitionEnd + 1, this._serviceEnd);
  }
  get region(): string {
    return this.text.slice(this._serviceEnd + 1, this._regionEnd);
  }
  get account(): string {
    return this.text.slice(this._regionEnd + 1, this._accountEnd);
  }
  /** Everything after the fifth colon, further colons included. */
  get resource(): string {
    return this.text.slice(this._accountEnd + 1);
  }
  /** Where that begins. */
  get resourceStart(): number {
    return this._accountEnd + 1;
  }

  /** Where the part of this number ends; `arn` is the first, and has number 0. */
  endOf(part: number): number {
    switch (part) {
      case 0:
        return SCHEME.length - 1;
      case 1:
        return this._partitionEnd;
      case 2:
        return this._serviceEnd;
      case 3:
        return this._regionEnd;
      case 4:
        return this._accountEnd;
      default:
        return this.text.length;
    }
  }

  /** Whether the service is this one. */
  isOf(service: string): boolean {
    const from = this._partitionEnd + 1;
    return this._serviceEnd - from === service.length && this.text.startsWith(service, from);
  }
  /** Whether the partition is a name that AWS could give one. */
  get hasPartition(): boolean {
    return this.text.startsWith('arn:aws:') || isPartition(this.partition);
  }
  get hasAccount(): boolean {
    return (
      this._accountEnd - this._regionEnd === ACCOUNT_DIGITS + 1 &&
      DIGITS.spans(this.text, this._regionEnd + 1, this._accountEnd)
    );
  }
  get hasRegion(): boolean {
    const length = this._regionEnd - this._serviceEnd - 1;
    return length > 0 && length <= 64 && REGION.spans(this.text, this._serviceEnd + 1, this._regionEnd);
  }

  /** The ARN as the index of a policy looks it up; worked out once. */
  get tokens(): ArnTokens {
    this._tokens ??= new ArnTokens(this.text, hasSlashBefore(this.text, this.resourceStart) ? 0 : this.resourceStart);
    return this._tokens;
  }
}

/** No real ARN has, but a simulation may ask about any. */
function hasSlashBefore(text: string, end: number): boolean {
  const slash = text.indexOf('/');
  return slash >= 0 && slash < end;
}

/** What every ARN begins with. */
export const SCHEME = 'arn:';
const ACCOUNT_DIGITS = 12;
const REGION = new CharacterSet(/[a-z0-9-]/);

/** @returns undefined for a text that has not six parts or does not begin with `arn` */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const partition = text.indexOf(':', SCHEME.length);
  const service = text.indexOf(':', partition + 1);
  const region = text.indexOf(':', service + 1);
  const account = text.indexOf(':', region + 1);
  // A colon that is not there is found before the first one, so one test tells of all four.
  if (partition < 0 || service < partition || region < service || account < region) return undefined;
  return new Arn(text, partition, service, region, account);
}

type SixParts = readonly [string, string, string, string, string, string];

/** The six parts of an ARN: only the first five colons divide. */
export function splitArn(text: string): SixParts | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let count = 0; count < 5; count++) {
    const colon = text.indexOf(':', from);
    if (colon < 0) return undefined;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts as unknown as SixParts;
}

/** As RFC 9110 spells the methods, and RFC 5789. `ANY` is configuration, not a method. */
export const VERBS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];
const API = new CharacterSet(/[A-Za-z0-9]/);
const STAGE = new CharacterSet(/[A-Za-z0-9_-]/);
/** As people write the ARN of a method. */
export const METHOD_FORM = '`arn:aws:execute-api:<region>:<account>:<api>/<stage>/<VERB>/<path>`';

/**
 * The ARN of a call to a REST API's method, wildcards and `${` in it being ordinary characters: Amazon API Gateway
 * Developer Guide, "API Gateway Amazon Resource Name (ARN) reference". That of a private custom domain is well formed, too,
 * and is of no API.
 */
export function parseMethodArn(text: string): Result<Arn> {
  const arn = parseArn(text);
  if (!arn?.isOf('execute-api') || !arn.hasPartition) {
    return fault('malformed-arn', `${quoted(text)} is not the ARN of a method: write ${METHOD_FORM}`);
  }
  if (!arn.hasRegion) return fault('malformed-arn', `${quoted(arn.region)} is no region`);
  if (!arn.hasAccount) return fault('malformed-arn', `the account ${quoted(arn.account)} is not 12 digits`);
  if (arn.region === OWN_REGION) return hasFourParts(arn) ? ok(arn) : fault('malformed-arn', OWN_FORM);
  const verb = verbOf(arn);
  if (verb === undefined) {
    if (isDomain(arn.resource)) return ok(arn);
    return fault(
      'malformed-arn',
      `${quoted(arn.resource)} is not \`<api>/<stage>/<VERB>/<path>\` (the root's path is empty)`,
    );
  }
  if (!VERBS.includes(verb)) {
    return fault('malformed-arn', `${quoted(verb)} is no HTTP method: write one of ${VERBS.join(', ')} in upper case`);
  }
  return ok(arn);
}

/**
 * A Region that AWS does not have: what is there is no method of API Gateway, and its stage and verb may be any words.
 * AuthZEN's resources live in it.
 */
export const OWN_REGION = 'local';
const OWN_FORM = `in the Region \`${OWN_REGION}\` write \`<api>/<type>/<action>/<id>\`, of which only the id may be empty`;

function hasFourParts({ resource }: Arn): boolean {
  const [api = '', type, action, ...rest] = resource.split('/');
  return api.length <= 64 && API.spans(api, 0, api.length) && !!api && !!type && !!action && rest.length > 0;
}

/** What stands between stage and path; undefined where API, stage or path are not there. */
function verbOf({ text, resourceStart }: Arn): string | undefined {
  const api = text.indexOf('/', resourceStart);
  const stage = text.indexOf('/', api + 1);
  const verb = text.indexOf('/', stage + 1);
  if (api < 0 || stage < api || verb < stage) return undefined;
  const isApi = api > resourceStart && api - resourceStart <= 64 && API.spans(text, resourceStart, api);
  const isStage = stage > api + 1 && stage - api <= 129 && STAGE.spans(text, api + 1, stage);
  return isApi && isStage ? text.slice(stage + 1, verb) : undefined;
}

export const isAccount = (text: string): boolean =>
  text.length === ACCOUNT_DIGITS && DIGITS.spans(text, 0, ACCOUNT_DIGITS);

/** `aws`, `aws-cn`, `aws-us-gov` and what may come. */
const isPartition = (text: string): boolean => text === 'aws' || /^aws(-[a-z]+)+$/.test(text);

/** AWS: "Request URI too long" above 1,600 bytes of method ARN. */
export const MAX_ARN_BYTES = 1600;
