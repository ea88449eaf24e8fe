import { describe, expect, it } from 'vitest';
import { arnTooLong, contextEntry, isAction, parseContext } from '../../src/policy/request.js';

const read = (context: unknown) => parseContext(context as Readonly<Record<string, unknown>>, '/context');
const issues = (context: unknown): string[] => read(context).issues.map(({ pointer, code }) => `${pointer} ${code}`);

describe('the context of a request', () => {
  it('is kept by lower-case name, numbers and Booleans as texts', () => {
    const { entries, issues } = read({
      'aws:SourceVpc': 'vpc-1',
      'acme:N': 1.5,
      'acme:Flag': true,
      'acme:Set': ['a', 2, false],
    });
    expect(issues).toEqual([]);
    const given = Object.fromEntries([...entries].map(([key, entry]) => [key, entry.given]));
    expect(given).toEqual({
      'aws:sourcevpc': 'vpc-1',
      'acme:n': '1.5',
      'acme:flag': 'true',
      'acme:set': ['a', '2', 'false'],
    });
  });

  it('a scalar for a key that AWS documents as multi-valued is a set of one', () => {
    const { entries } = read({
      'aws:PrincipalOrgPaths': 'o-1/r-1/',
      'aws:TagKeys': ['a'],
      'acme:x': 'y',
      'acme:z': ['y'],
    });
    const sets = [...entries].filter(([, { multivalued }]) => multivalued).map(([key]) => key);
    expect(sets.sort()).toEqual(['acme:z', 'aws:principalorgpaths', 'aws:tagkeys']);
    expect(entries.get('aws:principalorgpaths')?.given).toEqual(['o-1/r-1/']);
  });

  it('every fault is reported at its place', () => {
    const found = issues({
      SourceVpc: 'x',
      'aws:SourceVpc': 'a',
      'AWS:SOURCEVPC': 'b',
      'acme:null': null,
      'acme:object': {},
      'acme:nested': ['a', ['b']],
      'aws:username': ['alice'],
      'aws:PrincipalTag/a~b': ['blue'],
      'aws:VpcSourceIp': '10.0.0.0/8',
    });
    expect(found).toEqual([
      '/context/SourceVpc malformed-context-key',
      '/context/AWS:SOURCEVPC duplicate-context-key',
      '/context/acme:null wrong-type',
      '/context/acme:object wrong-type',
      '/context/acme:nested wrong-type',
      '/context/aws:username single-valued-key',
      '/context/aws:PrincipalTag~1a~0b single-valued-key',
      '/context/aws:VpcSourceIp malformed-context-value',
    ]);
  });

  it.each([
    ['aws:VpcSourceIp', ['10.0.0.1', '::1', '::ffff:10.0.0.1'], ['10.0.0', '10.0.0.0/32', '010.0.0.1', '', 'x', true]],
    ['aws:SourceIp', ['203.0.113.7'], ['203.0.113', '*']],
    ['aws:Ec2InstanceSourcePrivateIPv4', ['10.0.0.1'], ['ten']],
    ['aws:PrincipalArn', ['arn:aws:iam::123412341234:role/app', 'arn:a:b:c:d:e:f'], ['alice', 'arn:aws:iam', '', 5]],
    ['aws:SourceArn', ['arn:aws:s3:::bucket'], ['bucket']],
    ['execute-api:viaDomainArn', ['arn:aws:execute-api:us-east-1:1:/domainnames/x+y'], ['x']],
    ['aws:MultiFactorAuthAge', [300, '300', '0.5'], ['5m', '', '1e3', true]],
    ['aws:TokenIssueTime', ['2024-06-01T00:00:00Z', 1717200000, '2024'], ['yesterday', '2024-02-30', '']],
    ['aws:CurrentTime', ['2024-06-01T00:00:00Z'], ['now']],
    ['aws:EpochTime', [1717200000, '1717200000', '2024-06-01T00:00:00Z', 1717200000.5], ['now', '']],
    ['aws:MultiFactorAuthPresent', [true, 'false'], ['yes', 1, '']],
    ['aws:SecureTransport', [true, 'true'], ['TLS']],
    ['aws:username', ['', 'alice', '${*}', '日本\n', true, 5], []],
  ])('%s must be of its type (reading U15)', (key, good, bad) => {
    for (const value of good) expect(issues({ [key]: value }), String(value)).toEqual([]);
    for (const value of bad)
      expect(issues({ [key]: value }), String(value)).toEqual([`/context/${key} malformed-context-value`]);
  });

  it('a key of no documented type may hold any text', () => {
    expect(issues({ 'aws:PrincipalTag/ip': 'not an address', 'acme:date': 'never', 'acme:empty': [] })).toEqual([]);
  });

  it('has at most 100 keys of 256 characters, and sets of 100 values of 4,096 characters', () => {
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`acme:${at}`, 'x']));
    expect(issues(keys(100))).toEqual([]);
    expect(issues(keys(101))).toEqual(['/context too-many']);
    const name = (length: number): string => `acme:${'x'.repeat(length - 5)}`;
    expect(issues({ [name(256)]: 'x' })).toEqual([]);
    expect(issues({ [name(257)]: 'x' })).toEqual([`/context/${name(257)} malformed-context-key`]);
    expect(issues({ 'acme:x': Array.from({ length: 100 }, () => 'x') })).toEqual([]);
    expect(issues({ 'acme:x': Array.from({ length: 101 }, () => 'x') })).toEqual(['/context/acme:x too-many']);
    expect(issues({ 'acme:x': 'x'.repeat(4096), 'acme:y': ['x'.repeat(4096)] })).toEqual([]);
    expect(issues({ 'acme:x': 'x'.repeat(4097), 'acme:y': ['x'.repeat(4097)] })).toEqual([
      '/context/acme:x too-long',
      '/context/acme:y too-long',
    ]);
  });

  it('characters beyond the basic plane count once', () => {
    expect(issues({ 'acme:x': '😀'.repeat(4096) })).toEqual([]);
    expect(issues({ 'acme:x': '😀'.repeat(4097) })).toEqual(['/context/acme:x too-long']);
  });

  it('keys named like what every object inherits are keys like any other', () => {
    const { entries, issues } = read(JSON.parse('{"__proto__":"x","constructor":"y","acme:__proto__":"z"}'));
    expect(issues.map(({ pointer }) => pointer)).toEqual(['/context/__proto__', '/context/constructor']);
    expect([...entries.keys()]).toEqual(['acme:__proto__']);
  });
});

describe('an entry', () => {
  it('tells its forms apart from having none', () => {
    const [address, text] = [contextEntry('10.0.0.1').values[0]!, contextEntry('abc').values[0]!];
    expect(address.address).toBeDefined();
    expect([address.arn, address.decimal, address.instant, text.address, text.decimal]).toEqual(
      Array(5).fill(undefined),
    );
    expect(text.lower).toBe('abc');
  });
});

describe('an action of a request', () => {
  it.each(['execute-api:Invoke', 'EXECUTE-API:invoke', 's3:GetObject', 'a4b:X'])('%j is one', (text) => {
    expect(isAction(text)).toBe(true);
  });
  it.each([
    '',
    '*',
    'Invoke',
    'execute-api',
    'execute-api:',
    ':Invoke',
    'execute-api:*',
    'execute-api:Inv?ke',
    'a:b:c',
    'a:b ',
  ])('%j is none', (text) => {
    expect(isAction(text)).toBe(false);
  });
});

describe('the ARN of a request has at most 1,600 bytes', () => {
  it.each([
    ['a'.repeat(1600), true],
    ['a'.repeat(1601), false],
    ['é'.repeat(800), true],
    [`${'é'.repeat(800)}a`, false],
    ['€'.repeat(533), true],
    ['€'.repeat(534), false],
    ['😀'.repeat(400), true],
    [`${'😀'.repeat(400)}a`, false],
  ])('%#', (text, ok) => {
    expect(arnTooLong(text) === undefined).toBe(ok);
    expect(Buffer.byteLength(text) <= 1600).toBe(ok);
  });
});
