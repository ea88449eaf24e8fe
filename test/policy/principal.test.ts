import { describe, expect, it } from 'vitest';
import { parsePrincipal } from '../../src/policy/principal.js';
import { Grant } from '../../src/policy/principal-set.js';
import { ACCOUNT, ask, only } from './ask.js';

const OTHER = '999988887777';
const iam = (resource: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${resource}`;
const sts = (resource: string, account = ACCOUNT): string => `arn:aws:sts::${account}:${resource}`;

const callers = {
  root: iam('root'),
  alice: iam('user/alice'),
  bob: iam('user/team/bob'),
  role: iam('role/app'),
  pathRole: iam('role/service/app'),
  session: sts('assumed-role/app/s1'),
  otherSession: sts('assumed-role/app/s2'),
  otherRole: sts('assumed-role/other/s1'),
  kate: sts('federated-user/kate'),
  stranger: iam('user/alice', OTHER),
  china: `arn:aws-cn:iam::${ACCOUNT}:user/alice`,
  lambda: 'lambda.amazonaws.com',
  ec2: 'ec2.amazonaws.com',
  anonymous: 'anonymous',
} as const;
type Caller = keyof typeof callers;
const everyone = Object.keys(callers) as Caller[];
const account: Caller[] = ['root', 'alice', 'bob', 'role', 'pathRole', 'session', 'otherSession', 'otherRole', 'kate'];

const grant = (caller: Caller, statement: Readonly<Record<string, unknown>>, hasBoundary = false) =>
  ask('resource', only(statement), { principal: callers[caller], hasBoundary });

const matching = (statement: Readonly<Record<string, unknown>>, hasBoundary = false): Caller[] =>
  everyone.filter((caller) => grant(caller, statement, hasBoundary).outcome !== 'implicitDeny');

describe('a value of Principal matches', () => {
  const ofRole: Caller[] = ['role', 'pathRole', 'session', 'otherSession'];
  it.each<[string, unknown, Caller[]]>([
    ['everyone', '*', everyone],
    ['everyone', { AWS: '*' }, everyone],
    ['everyone, among others', { AWS: [iam('user/nobody'), '*'] }, everyone],
    ['an account by its id, in every partition', { AWS: ACCOUNT }, [...account, 'china']],
    ['an account by its root ARN: not its root user alone', { AWS: callers.root }, account],
    ['an account of another partition', { AWS: `arn:aws-cn:iam::${ACCOUNT}:root` }, ['china']],
    ['another account', { AWS: OTHER }, ['stranger']],
    ['a user', { AWS: callers.alice }, ['alice']],
    ['a user with its path', { AWS: callers.bob }, ['bob']],
    ['no user under another path', { AWS: iam('user/bob') }, []],
    ['no user in another case', { AWS: iam('user/Alice') }, []],
    ['a role: every session of it, whatever its path', { AWS: callers.role }, ofRole],
    ['a role with a path', { AWS: iam('role/x/y/app') }, ofRole],
    ['no role in another case', { AWS: iam('role/App') }, []],
    ['no role of another account', { AWS: iam('role/app', OTHER) }, []],
    ['one session, but not a session of unknown name', { AWS: callers.session }, ['session']],
    ['no session of another role with that name', { AWS: sts('assumed-role/App/s1') }, []],
    ['a federated user', { AWS: callers.kate }, ['kate']],
    ['no federated session of a user (reading U28)', { AWS: iam('user/kate') }, []],
    ['a service', { Service: 'lambda.amazonaws.com' }, ['lambda']],
    [
      'several types and values',
      { AWS: [callers.alice, OTHER], Service: ['ec2.amazonaws.com'] },
      ['alice', 'stranger', 'ec2'],
    ],
    ['nobody by unique id', { AWS: ['AIDACKCEVSQ6C2EXAMPLE', 'AROADBQP57FF2AEXAMPLE'] }, []],
    ['nobody by what other services know', { Federated: 'accounts.google.com', CanonicalUser: 'abc' }, []],
  ])('%s', (_, Principal, expected) => {
    expect(matching({ Principal }).sort()).toEqual([...expected].sort());
    // Far from each other in a long list.
    if (typeof Principal === 'object') {
      const AWS = Array.from({ length: 20 }, (__, at) => iam(`user/filler${at}`));
      const long = { ...(Principal as object), AWS: [...AWS, (Principal as { AWS?: string }).AWS ?? AWS[0]!].flat() };
      expect(matching({ Principal: long }).sort()).toEqual([...expected].sort());
    }
  });

  it('a role whose session is not known: in a Deny every session entry of it', () => {
    expect(matching({ Effect: 'Deny', Principal: { AWS: callers.session } }).sort()).toEqual([
      'pathRole',
      'role',
      'session',
    ]);
    expect(matching({ Effect: 'Deny', Principal: { AWS: callers.otherRole } })).toEqual(['otherRole']);
  });
});

describe('how an Allow names the caller', () => {
  it.each<[string, Caller, unknown, number]>([
    ['everyone', 'session', '*', Grant.caller],
    ['its own ARN', 'session', { AWS: callers.session }, Grant.caller],
    ['its own ARN', 'alice', { AWS: callers.alice }, Grant.caller],
    ['its role', 'session', { AWS: callers.role }, Grant.role],
    ['its role, for a role as caller', 'role', { AWS: callers.role }, Grant.role],
    ['its account', 'session', { AWS: ACCOUNT }, Grant.account],
    ['its account', 'alice', { AWS: callers.root }, Grant.account],
    ['its account, for the root user', 'root', { AWS: callers.root }, Grant.account],
    ['itself', 'lambda', { Service: 'lambda.amazonaws.com' }, Grant.caller],
    ['the strongest of several', 'session', { AWS: [ACCOUNT, callers.role, callers.session] }, Grant.caller],
    ['the strongest of several', 'otherSession', { AWS: [ACCOUNT, callers.session, callers.role] }, Grant.role],
  ])('%s', (_, caller, Principal, expected) => {
    expect(grant(caller, { Principal }).grant).toBe(expected);
  });
});

describe('a Deny with NotPrincipal spares', () => {
  const spared = (NotPrincipal: unknown, hasBoundary = false): Caller[] => {
    const denied = matching({ Effect: 'Deny', Principal: undefined, NotPrincipal }, hasBoundary);
    return everyone.filter((caller) => !denied.includes(caller)).sort();
  };
  const levels = [ACCOUNT, callers.role, callers.session];

  it.each<[string, unknown, Caller[]]>([
    ['a session whose account, role and session are listed', { AWS: levels }, ['root', 'session']],
    ['nobody but the root user when the role is missing', { AWS: [ACCOUNT, callers.session] }, ['root']],
    ['nobody when the account is missing', { AWS: [callers.role, callers.session] }, []],
    ['no session of unknown name, even if the role is listed', { AWS: [ACCOUNT, callers.role] }, ['root']],
    ['a user with its account', { AWS: [callers.root, callers.alice] }, ['root', 'alice']],
    ['no user alone', { AWS: callers.alice }, []],
    ['no other user of a listed account (reading U4)', { AWS: ACCOUNT }, ['root']],
    ['a federated user with its account', { AWS: [ACCOUNT, callers.kate] }, ['kate', 'root']],
    ['a service', { Service: 'lambda.amazonaws.com' }, ['lambda']],
    ['everyone', '*', everyone],
    ['everyone', { AWS: '*' }, everyone],
  ])('%s', (_, NotPrincipal, expected) => {
    expect(spared(NotPrincipal)).toEqual([...expected].sort());
  });

  it('nobody who has a permissions boundary', () => {
    expect(spared({ AWS: [...levels, callers.alice] }, true)).toEqual([]);
  });
});

describe('a caller', () => {
  it.each([
    [callers.root, { type: 'root', account: ACCOUNT, partition: 'aws', name: '', role: '' }],
    [callers.bob, { type: 'user', name: 'bob', role: '' }],
    [callers.pathRole, { type: 'role', role: 'app', name: '' }],
    [callers.session, { type: 'session', role: 'app', name: 's1' }],
    [sts('assumed-role/app/a@b.c,d=e+f-g_h'), { type: 'session', name: 'a@b.c,d=e+f-g_h' }],
    [callers.kate, { type: 'federated', name: 'kate' }],
    [callers.china, { type: 'user', partition: 'aws-cn' }],
    [`arn:aws-us-gov:sts::${ACCOUNT}:assumed-role/app/s1`, { type: 'session', partition: 'aws-us-gov' }],
    ['apigateway.amazonaws.com', { type: 'service', account: '', partition: '' }],
    ['ec2.amazonaws.com.cn', { type: 'service' }],
    ['anonymous', { type: 'anonymous', account: '' }],
  ])('%s is read', (text, expected) => {
    expect(parsePrincipal(text)).toMatchObject({ ok: true, value: { text, ...expected } });
  });

  it.each([
    ...[
      '',
      '*',
      'Anonymous',
      'alice',
      ACCOUNT,
      'amazonaws.com',
      'lambda',
      'lambda.amazonaws.com.',
      'https://x.amazonaws.com',
    ],
    ...[
      iam('*'),
      iam('user/*'),
      iam('user/a b'),
      iam('user/'),
      iam('user'),
      iam('group/g'),
      iam('assumed-role/app/s1'),
    ],
    ...[sts('assumed-role/app'), sts('assumed-role/path/app/s1'), sts('federated-user/a/b'), sts('root'), iam('Root')],
    ...[iam('user/alice', '12341234123'), iam('user/alice', ''), 'arn:aws:iam:us-east-1:123412341234:user/alice'],
    ...[
      ' anonymous',
      `${callers.alice}\n`,
      callers.alice.replace('arn', 'ARN'),
      callers.alice.replace('aws', 'gcp'),
      'AIDACKCEVSQ6C2EXAMPLE',
    ],
  ])('%j is none', (text) => {
    expect(parsePrincipal(text)).toMatchObject({ ok: false, fault: { code: 'malformed-principal' } });
  });
});
