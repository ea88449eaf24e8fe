import { parseArn } from './arn.js';
import { nameHash } from './arn-tokens.js';
import { CharacterSet } from './characters.js';
import { fault, ok, quoted, type Result } from './issue.js';

/**
 * Who calls. IAM User Guide, "AWS JSON policy elements: Principal" and "Variables and tags" (principal key values).
 * `role` stands for a session of that role whose name is not known.
 */
export class Principal {
  private _hashes: PrincipalHashes | null = null;

  constructor(
    readonly type: 'anonymous' | 'service' | 'root' | 'user' | 'role' | 'session' | 'federated',
    /** As the caller gave it: an ARN, a service's name, or `anonymous`. */
    readonly text: string,
    /** Empty for services and the anonymous caller, who belong to no account. */
    readonly partition: string,
    readonly account: string,
    /** Last path element of the role of a role or session; role names are unique in an account. */
    readonly role: string,
    /** Last path element of a user, name of a federated user, session name of a session. */
    readonly name: string,
  ) {}

  /** What a policy could name the caller by, as an index looks it up; worked out once. */
  get hashes(): PrincipalHashes {
    this._hashes ??= {
      text: nameHash(this.text),
      account: nameHash(this.account),
      role: nameHash(this.role),
    };
    return this._hashes;
  }
}

/** Those of an account or role that the caller has not are of no account and no role. */
export interface PrincipalHashes {
  readonly text: number;
  readonly account: number;
  readonly role: number;
}

const outsider = (type: 'anonymous' | 'service', text: string): Principal => new Principal(type, text, '', '', '', '');

export const ANONYMOUS: Principal = outsider('anonymous', 'anonymous');

const NAME = new CharacterSet(/[\w+=,.@-]/);
/** A path in front of a name: IAM allows printable ASCII and at most 512 characters. */
const PATH = new CharacterSet(/[\x21-\x7e]/);
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/** Whether `text` is the name of a service principal, `x.amazonaws.com`. */
export const isServicePrincipal = (text: string): boolean => text.length <= 255 && SERVICE.test(text);

/** @param text an IAM or STS ARN, a service's name, or `anonymous` */
export function parsePrincipal(text: string): Result<Principal> {
  if (text === 'anonymous') return ok(ANONYMOUS);
  const named = parseIdentity(text);
  if (named !== undefined) return ok(named);
  if (isServicePrincipal(text)) return ok(outsider('service', text));
  return fault(
    'malformed-principal',
    `${quoted(text)} is no principal: write the ARN of a user, role, assumed-role session, federated user or root, ` +
      'a service principal (`x.amazonaws.com`), or `anonymous`',
  );
}

/** Whom an IAM or STS ARN names; undefined: nobody. */
export function parseIdentity(text: string): Principal | undefined {
  const arn = parseArn(text);
  if (!arn?.hasPartition || arn.region !== '' || !arn.hasAccount) return undefined;
  const from = arn.resourceStart;
  const identity = (type: Principal['type'], role: string, name: string): Principal =>
    new Principal(type, text, arn.partition, arn.account, role, name);
  if (arn.isOf('iam')) {
    if (arn.resource === 'root') return identity('root', '', '');
    const start = text.lastIndexOf('/') + 1;
    if (!isName(text, start, text.length)) return undefined;
    if (isPath(text, from, 'user/', start)) return identity('user', '', text.slice(start));
    return isPath(text, from, 'role/', start) ? identity('role', text.slice(start), '') : undefined;
  }
  if (!arn.isOf('sts')) return undefined;
  if (text.startsWith(FEDERATED, from)) {
    const start = from + FEDERATED.length;
    return isName(text, start, text.length) ? identity('federated', '', text.slice(start)) : undefined;
  }
  if (!text.startsWith(ASSUMED, from)) return undefined;
  const start = from + ASSUMED.length;
  const slash = text.indexOf('/', start);
  const isSession = isName(text, start, slash) && isName(text, slash + 1, text.length);
  return isSession ? identity('session', text.slice(start, slash), text.slice(slash + 1)) : undefined;
}

const FEDERATED = 'federated-user/';
const ASSUMED = 'assumed-role/';

/** Whether a name as IAM and STS allow them stands there. */
const isName = (text: string, from: number, to: number): boolean =>
  to > from && to - from <= 128 && NAME.spans(text, from, to);

/** Whether a kind and a path or none stand there: `user/`, `user/division/team/`. */
function isPath(text: string, from: number, kind: string, to: number): boolean {
  if (!text.startsWith(kind, from)) return false;
  const path = to - from - kind.length;
  return path === 0 || (path > 1 && path <= 511 && PATH.spans(text, from + kind.length, to));
}
