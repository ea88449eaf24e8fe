import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../src/decision/context.js';
import { ACCOUNT, contextOf, iam, keysOf } from './build.js';
import { type Caller, callers, circumstances } from './callers.js';

describe('what a request may state besides', () => {
  const conflicts = (given: Record<string, unknown>, caller: Caller = 'alice', known: Partial<Circumstances> = {}) =>
    contextOf(given, circumstances(caller, known))
      .conflicts('/context', Object.keys(given))
      .map(({ pointer, code }) => `${pointer} ${code}`);
  const refused = (key: string): string[] => [`/context/${key.replaceAll('/', '~1')} context-conflict`];

  it.each<[string, unknown, Caller?]>([
    ['aws:SourceVpce', 'vpce-1a2b3c4d'],
    ['AWS:SOURCEVPC', 'vpc-1a2b3c4d'],
    ['aws:ResourceAccount', ACCOUNT],
    ['aws:RequestedRegion', 'us-east-1'],
    ['aws:ViaAWSService', false],
    ['aws:PrincipalArn', callers.alice],
    ['aws:PrincipalType', 'User'],
    ['aws:username', 'alice'],
    ['aws:PrincipalIsAWSService', 'false'],
    ['aws:userid', 'AIDACKCEVSQ6C2EXAMPLE'],
    ['aws:userid', ACCOUNT, 'root'],
    ['aws:userid', `${ACCOUNT}:kate`, 'kate'],
    ['aws:userid', 'AROADBQP57FF2AEXAMPLE:s1', 'session'],
    ['aws:PrincipalArn', iam('role/app'), 'session'],
    ['aws:PrincipalArn', iam('role/any/path/app'), 'session'],
    ['aws:PrincipalServiceName', 'lambda.amazonaws.com', 'lambda'],
    ['aws:PrincipalTag/team', 'blue'],
    ['aws:VpcSourceIp', '10.0.0.1', 'anonymous'],
    ['aws:SourceIp', '203.0.113.1', 'anonymous'],
    ['aws:ResourceOrgID', 'o-1', 'anonymous'],
    ['aws:VpceOrgID', 'o-1', 'anonymous'],
    ['acme:x', 'y', 'anonymous'],
  ])('%s: %s is taken', (key, given, caller) => {
    expect(conflicts({ [key]: given }, caller)).toEqual([]);
  });

  it.each<[string, unknown, Caller?]>([
    ['aws:SourceVpce', 'vpce-9z'],
    ['aws:sourcevpc', 'vpc-9z'],
    ['aws:ResourceAccount', '999988887777'],
    ['aws:RequestedRegion', 'US-EAST-1'],
    ['aws:ViaAWSService', true],
    ['aws:CurrentTime', '2026-06-01T12:00:00.250Z'],
    ['AWS:currenttime', '2024'],
    ['aws:EpochTime', 1],
    ['aws:SecureTransport', true],
    ['aws:SecureTransport', false],
    ['aws:PrincipalArn', iam('user/alice')],
    ['aws:PrincipalAccount', '999988887777'],
    ['aws:PrincipalType', 'AssumedRole'],
    ['aws:username', 'Alice'],
    ['aws:userid', 'other', 'root'],
    ['aws:userid', 'other', 'kate'],
    ['aws:PrincipalIsAWSService', true],
    // A key that derives to absent.
    ['aws:username', 's1', 'session'],
    ['aws:username', 'root', 'root'],
    ['aws:PrincipalServiceName', 'x.amazonaws.com'],
    ['aws:PrincipalArn', iam('role/x'), 'lambda'],
    ['aws:PrincipalAccount', ACCOUNT, 'lambda'],
    // A role with a path: everything but the path has to agree.
    ['aws:PrincipalArn', iam('role/any/other'), 'session'],
    ['aws:PrincipalArn', iam('role/app', '999988887777'), 'session'],
    ['aws:PrincipalArn', `arn:aws-cn:iam::${ACCOUNT}:role/app`, 'session'],
    ['aws:PrincipalArn', callers.session, 'session'],
    ['aws:PrincipalArn', iam('user/app'), 'session'],
    ['aws:PrincipalArn', iam('role/app'), 'role'],
    // Any principal key with an anonymous caller.
    ['aws:PrincipalTag/team', 'blue', 'anonymous'],
    ['aws:PrincipalOrgID', 'o-1', 'anonymous'],
    ['aws:PrincipalOrgPaths', ['o-1/'], 'anonymous'],
    ['aws:userid', 'x', 'anonymous'],
    ['aws:MultiFactorAuthPresent', true, 'anonymous'],
    ['aws:TokenIssueTime', '2026', 'anonymous'],
    ['aws:SourceIdentity', 'x', 'anonymous'],
    ['ec2:SourceInstanceARN', 'x', 'anonymous'],
  ])('%s: %s is refused (%s)', (key, given, caller) => {
    expect(conflicts({ [key]: given }, caller)).toEqual(refused(key));
  });

  it('a key that a record states: the same value only', () => {
    const known = { apiKeys: keysOf({ 'aws:ResourceOrgID': 'o-1', 'aws:ResourceOrgPaths': ['o-1/a/', 'o-1/b/'] }) };
    expect(conflicts({ 'aws:resourceorgid': 'o-1' }, 'alice', known)).toEqual([]);
    expect(conflicts({ 'aws:ResourceOrgID': 'o-2' }, 'alice', known)).toEqual(refused('aws:ResourceOrgID'));
    expect(conflicts({ 'aws:ResourceOrgPaths': ['o-1/a/', 'o-1/b/'] }, 'alice', known)).toEqual([]);
    expect(conflicts({ 'aws:ResourceOrgPaths': ['o-1/a/'] }, 'alice', known)).toEqual(refused('aws:ResourceOrgPaths'));
  });

  // Conditions and variables tell a text from a list: to write it otherwise would turn a Deny off.
  it.each<[unknown, unknown, boolean]>([
    ['blue', 'blue', true],
    ['blue', ['blue'], false],
    [['blue'], 'blue', false],
    [['blue'], ['blue'], true],
    [['a', 'b'], ['b', 'a'], true],
    [['a', 'b'], ['b', 'a', 'b'], true],
    [['a', 'b'], ['a'], false],
    [['a'], ['a', 'b'], false],
    [[], [], true],
    [[], '', false],
    ['1', 1, true],
  ])('of a key that AWS does not know, a record states %j: %j is taken: %s', (stated, given, isTaken) => {
    for (const known of [
      { apiKeys: keysOf({ 'x:tenant': stated }) },
      { endpointKeys: keysOf({ 'x:tenant': stated }) },
    ]) {
      expect(conflicts({ 'X:Tenant': given }, 'alice', known)).toEqual(isTaken ? [] : refused('X:Tenant'));
    }
  });

  it('all conflicts are told at once', () => {
    const given = { 'aws:SourceVpce': 'x', 'acme:ok': '1', 'aws:CurrentTime': '2024', 'aws:username': 'bob' };
    expect(conflicts(given)).toEqual(['aws:SourceVpce', 'aws:CurrentTime', 'aws:username'].flatMap(refused));
  });
});
