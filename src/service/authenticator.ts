import type { Logger } from 'pino';
import type { Bearer, Credentials, Identity, Verifier } from './credentials.js';
import { ServiceError } from './errors.js';
import { FailedAttempts } from './failed-attempts.js';
import { digestOf } from './key-text.js';
import { grantedBy, type Role } from './roles.js';

/** Longer than any header that a server takes, and than any token should be. */
const MOST = 16_384;

/** Says who asks. There is no other place that does. */
export class Authenticator {
  readonly #failures: FailedAttempts;
  readonly #certificates: ReadonlySet<Role>;

  /**
   * @param verifiers asked in their order
   * @param certificateRoles of everybody who brings a client certificate and no key
   */
  constructor(
    private readonly verifiers: readonly Verifier[],
    certificateRoles: readonly Role[],
    log: Pick<Logger, 'warn'>,
  ) {
    this.#failures = new FailedAttempts(log);
    this.#certificates = grantedBy(certificateRoles);
  }

  /**
   * At once for everything that is known here.
   * @throws ServiceError `unauthenticated`, `invalid-credentials`, `too-many-failures`, and what cannot be told just now
   */
  authenticate(credentials: Credentials): Identity | Promise<Identity> {
    const { authorization, certificate } = credentials;
    if (authorization === undefined) {
      if (certificate === null)
        throw new ServiceError('unauthenticated', 'send `Authorization: Bearer` and a key or token');
      return { by: `mtls:${certificate}`, may: this.#certificates };
    }
    const secret = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
    if (secret === undefined || secret.length > MOST) throw this.#failed(credentials);
    return this.#verify({ secret, digest: digestOf(secret) }, credentials, 0);
  }

  #verify(bearer: Bearer, credentials: Credentials, from: number): Identity | Promise<Identity> {
    for (let at = from; at < this.verifiers.length; at++) {
      const known = this.verifiers[at]!(bearer);
      if (known instanceof Promise) {
        return known.then((identity) => identity ?? this.#verify(bearer, credentials, at + 1));
      }
      if (known !== undefined) return known;
    }
    throw this.#failed(credentials);
  }

  /** One answer for every reason: what is wrong with a key helps only those who should not have it. */
  #failed({ source }: Credentials): ServiceError {
    return this.#failures.count(source)
      ? new ServiceError(
          'too-many-failures',
          'too many failed attempts from this address; a valid key is let in all the same',
        )
      : new ServiceError('invalid-credentials', 'the key or token is not valid, or not any more');
  }
}
