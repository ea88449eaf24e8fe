import { describe, expect, it } from 'vitest';
import { roleFor } from '../../src/http/open-paths.js';

describe('the role of an operation', () => {
  const roleOf = (security?: readonly { readonly key?: readonly string[] }[]) =>
    roleFor({ operationId: 'doIt', ...(security && { security }) });

  it('is the one that it names; what says nothing is open', () => {
    expect(roleOf([{ key: ['read'] }])).toBe('read');
    expect(roleOf()).toBeUndefined();
  });

  it.each([
    ['no scheme', []],
    ['no role', [{ key: [] }]],
    ['another scheme', [{ kye: ['read'] } as object]],
    ['an alternative to all of it', [{}, {}]],
    ['two roles, of which one would be dropped', [{ key: ['read', 'admin'] }]],
    ['two alternatives', [{ key: ['read'] }, { key: ['admin'] }]],
  ])('is not left out by a slip: %s', (_, security) => {
    expect(() => roleOf(security)).toThrow('doIt');
  });
});
