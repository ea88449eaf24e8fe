import { describe, expect, it } from 'vitest';
import { applyMasks, type Mask, parseMask } from '../../src/service/masks.js';

const masks = (...pointers: string[]): Mask[] => pointers.map((pointer) => parseMask(pointer) as Mask);

const entry = {
  decisionId: 'd',
  by: 'gateway',
  request: {
    principal: 'arn:aws:iam::123412341234:user/ann',
    context: { 'aws:PrincipalTag/Team': 'SECRET', 'acme:token': ['SECRET', 'b'], 'acme:n': 3 },
    identityPolicies: ['reader', { Statement: { Sid: 'SECRET' } }],
  },
};

describe('a mask', () => {
  it.each([
    ['/request/context/aws:PrincipalTag~1Team', '/request/context/aws:PrincipalTag~1Team'],
    ['/request/context/AWS:principaltag~1team', '/request/context/aws:PrincipalTag~1Team'],
    ['/request/context/acme:token/1', '/request/context/acme:token/1'],
    ['/request/principal', '/request/principal'],
    ['/by', '/by'],
  ])('%s hides what it names, in whatever case it was written', (mask, masked) => {
    expect(applyMasks(entry, masks(mask))?.masked).toEqual([masked]);
  });

  it('leaves the rest, and what it was given, as they were', () => {
    const before = JSON.stringify(entry);
    const result = applyMasks(entry, masks('/request/context/acme:token', '/request/identityPolicies/*'));
    expect(result?.entry).toEqual({
      ...entry,
      request: {
        ...entry.request,
        context: { ...entry.request.context, 'acme:token': '***' },
        identityPolicies: ['***', '***'],
      },
    });
    expect(JSON.stringify(entry)).toBe(before);
  });

  it('of what is not there changes nothing', () => {
    const absent = masks('/request/context/acme:other', '/request/sessionPolicies/0', '/request/identityPolicies/7');
    expect(applyMasks(entry, absent)).toEqual({ entry, masked: [] });
    expect(applyMasks({ by: null }, masks('/by'))?.masked).toEqual(['/by']);
  });

  it.each([
    // A caller may write one value, or a list of it.
    ['/request/context/acme:n/0'],
    ['/request/principal/name'],
    ['/request/context/acme:token/first'],
    ['/request/identityPolicies/*/Statement'],
  ])('%s does not fit an entry that may hold the secret in another form', (mask) => {
    expect(applyMasks(entry, masks(mask))).toBeUndefined();
  });

  it('may come after a wider one', () => {
    const result = applyMasks(entry, masks('/request/context', '/request/context/acme:token/0', '/request/context'));
    expect(result?.masked).toEqual(['/request/context']);
  });

  it.each([
    '',
    'request/context',
    '/request/contxt/acme:token',
    '/decisionId',
    '/answer/decision',
    '/by/name',
    '/request/context/a~2b',
    '/__proto__',
    '/revision',
  ])('%j is refused: it is no pointer, or nothing could ever fit it', (pointer) => {
    expect(typeof parseMask(pointer)).toBe('string');
  });
});
