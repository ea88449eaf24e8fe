import type { Verifier } from './credentials.js';
import { ServiceError } from './errors.js';
import type { Follower } from './follower.js';
import type { Key } from './key-ring.js';
import { isKey } from './key-text.js';
import type { KeyUsage } from './key-usage.js';
import { waitingRoom } from './waiting-room.js';

/** Anybody can make up a text that may be a key, and a store may take its time. */
const MOST_WAITING = 200;

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
  const inStore = waitingRoom(
    MOST_WAITING,
    () => new ServiceError('store-unavailable', 'too many keys that are not known here are looked for already'),
  );
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
    return inStore(() => follower.sync()).then(() => identityOf(keys.withDigest(digest)));
  };
}
