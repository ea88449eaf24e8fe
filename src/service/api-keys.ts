import type { Verifier } from './credentials.js';
import type { Follower } from './follower.js';
import type { Key } from './key-ring.js';
import { isKey } from './key-text.js';
import type { KeyUsage } from './key-usage.js';

/**
 * The keys of `/v1/keys`. One look-up by digest: how long it takes says something about digests, and nobody can make a
 * digest come out as he likes. A key that this replica has not heard of yet was perhaps made a moment ago on another: the
 * store is asked, once for all who ask at the same time, and never for what is no key at all.
 */
export function apiKeys(
  follower: Pick<Follower, 'directory' | 'sync' | 'hasOthers'>,
  usage: Pick<KeyUsage, 'used'>,
  now: () => number = Date.now,
): Verifier {
  const { keys } = follower.directory;
  const identityOf = (key: Key | undefined) => {
    if (key === undefined) return undefined;
    const at = now();
    if (at >= key.expires) return undefined;
    usage.used(key.body.digest, at);
    return { by: key.id, may: key.may };
  };
  return ({ secret, digest }) => {
    const key = keys.withDigest(digest);
    if (key !== undefined || !follower.hasOthers || !isKey(secret)) return identityOf(key);
    return follower.sync().then(() => identityOf(keys.withDigest(digest)));
  };
}
