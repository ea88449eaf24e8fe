import type { Logger } from 'pino';
import type { AuthSettings } from './auth-settings.js';
import { ConfigError } from './config.js';
import { AccessTokens } from './service/access-tokens.js';
import { apiKeys } from './service/api-keys.js';
import { Authenticator } from './service/authenticator.js';
import { bootstrapKey } from './service/bootstrap-key.js';
import type { Verifier } from './service/credentials.js';
import type { Directory } from './service/directory.js';
import { Unreachable } from './service/fetch-json.js';
import type { Follower } from './service/follower.js';
import type { KeyUsage } from './service/key-usage.js';

/** All ways in that the settings open. @throws ConfigError */
export async function authenticatorOf(
  settings: AuthSettings | null,
  follower: Follower,
  usage: KeyUsage,
  log: Pick<Logger, 'warn'>,
): Promise<Authenticator> {
  if (settings === null) return new Authenticator([], [], log);
  const verifiers: Verifier[] = [];
  // Before the others: it needs nobody to be asked.
  if (settings.bootstrapKey !== null) verifiers.push(bootstrapKey(settings.bootstrapKey));
  verifiers.push(apiKeys(follower, usage));
  if (settings.oidc !== null) verifiers.push((await accessTokens(settings.oidc, log)).verifier);
  return new Authenticator(verifiers, settings.certificateRoles, log);
}

/**
 * An issuer that is away comes back, and meanwhile those with keys are let in. One that answers, and not as an issuer, is
 * a mistake that nobody would notice before the first token.
 */
async function accessTokens(oidc: NonNullable<AuthSettings['oidc']>, log: Pick<Logger, 'warn'>): Promise<AccessTokens> {
  const tokens = new AccessTokens(oidc, log);
  try {
    await tokens.start();
  } catch (error) {
    if (!(error instanceof Unreachable)) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError([`POSTERN_OIDC_ISSUER: it is not that of an issuer of OpenID Connect: ${reason}`]);
    }
  }
  return tokens;
}

/** Whoever starts a server that lets nobody in would find out from others. @throws ConfigError */
export function mustHaveWayIn(
  { bootstrapKey, oidc, certificateRoles }: AuthSettings,
  { keys }: Pick<Directory, 'keys'>,
): void {
  if (bootstrapKey !== null || oidc !== null || certificateRoles.includes('admin')) return;
  const now = Date.now();
  for (const key of keys.values()) {
    if (key.may.has('admin') && key.expires > now) return;
  }
  throw new ConfigError([
    'POSTERN_AUTH: nobody could get in, for there is no key of the role admin that has not expired: ' +
      'write POSTERN_BOOTSTRAP_KEY or POSTERN_BOOTSTRAP_KEY_FILE to make one with, or POSTERN_OIDC_ISSUER, ' +
      'or POSTERN_TLS_CLIENT_CA and POSTERN_MTLS_ROLES=admin',
  ]);
}
