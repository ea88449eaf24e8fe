import { timingSafeEqual } from 'node:crypto';
import type { Verifier } from './credentials.js';
import { BOOTSTRAP } from './key-administration.js';
import { digestOf } from './key-text.js';
import { grantedBy } from './roles.js';

/**
 * The key that the operator has set, which may do everything: to make the first key with, and to be left out then. It is
 * not stored, so nobody can revoke it but whoever sets it.
 */
export function bootstrapKey(secret: string): Verifier {
  const identity = { by: BOOTSTRAP, may: grantedBy(['admin']) };
  const expected = Buffer.from(digestOf(secret), 'hex');
  // Digests have one length, which the comparison needs and an attacker may know.
  return ({ digest }) => (timingSafeEqual(Buffer.from(digest, 'hex'), expected) ? identity : undefined);
}
