import { decodeJwt, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Identity, Verifier } from './credentials.js';
import { ServiceError } from './errors.js';
import { grantedBy, rolesAmong } from './roles.js';
import { SigningKeys } from './signing-keys.js';

interface Issuer {
  /** As tokens name it in `iss`. */
  readonly issuer: string;
  /** What tokens for us have among their `aud`. */
  readonly audience: string;
}

/** Only with these does who can verify a token not also know how to make one: no `none`, and no HMAC. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** In seconds. */
const CLOCK_TOLERANCE = 10;

/** Tokens that were verified: to verify one takes as long as several decisions. */
const MOST_VERIFIED = 10_000;

/** Access tokens (JWT) of one issuer of OpenID Connect. */
export class AccessTokens {
  /** By digest, of tokens that were verified with the keys that are valid now. */
  #verified = remembered();
  readonly #keys: SigningKeys;

  constructor(
    private readonly settings: Issuer,
    private readonly log: Pick<Logger, 'warn'>,
  ) {
    this.#keys = new SigningKeys(
      settings.issuer,
      () => {
        this.#verified = remembered();
      },
      log,
    );
  }

  /** Learns the keys of the issuer before they are needed. @throws Unreachable, Error as `SigningKeys.refresh` */
  start(): Promise<void> {
    return this.#keys.refresh();
  }

  readonly verifier: Verifier = ({ secret, digest }) => {
    const known = this.#verified.get(digest);
    if (known !== undefined) {
      this.#keys.keepFresh();
      return known;
    }
    return this.#isMeantForUs(secret) ? this.#verify(secret, digest) : undefined;
  };

  /** What it says itself, unverified: a token that could not be right anyway needs no key of its issuer. */
  #isMeantForUs(token: string): boolean {
    try {
      const { iss, exp = 0 } = decodeJwt(token);
      return iss === this.settings.issuer && exp + CLOCK_TOLERANCE > Date.now() / 1000;
    } catch {
      return false;
    }
  }

  async #verify(token: string, digest: string): Promise<Identity | undefined> {
    const { issuer, audience } = this.settings;
    this.#keys.keepFresh();
    // This one: what is verified with keys that are dropped meanwhile is forgotten with the others.
    const verified = this.#verified;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys.find, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE,
      });
      const identity = isAccessToken(protectedHeader) ? identityOf(payload) : undefined;
      const left = payload.exp! * 1000 - Date.now();
      if (identity !== undefined && left >= 1) verified.set(digest, identity, { ttl: Math.floor(left) });
      return identity;
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      // Such as a key of the issuer that is too short.
      if (!(error instanceof errors.JOSEError)) this.log.warn({ err: error }, 'a token cannot be verified');
      return undefined;
    }
  }
}

const remembered = () => new LRUCache<string, Identity>({ max: MOST_VERIFIED });

/**
 * An issuer signs other things with the same keys, such as `logout+jwt`, and says so (RFC 8725, section 3.11). Not all say
 * `at+jwt` of access tokens (RFC 9068, section 2.1): many say `JWT`, or nothing.
 */
const isAccessToken = ({ typ }: JWTHeaderParameters): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(?:application\/)?(?:at\+)?jwt$/i.test(typ));

/** OpenID Connect Core, section 2: at most 255 characters of ASCII. Nothing else goes into history and logs. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/** `scope` is one text (RFC 8693, section 4.2), `roles` a list (RFC 9068, section 2.2.3.1). */
function identityOf({ sub, scope, roles }: JWTPayload): Identity | undefined {
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return undefined;
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  const named = rolesAmong([...scopes, ...(Array.isArray(roles) ? roles : [])]);
  return { by: `oidc:${sub}`, may: grantedBy(named) };
}
