import type { Role } from './roles.js';

/** What a request brings to say who asks. */
export interface Credentials {
  /** The value of `Authorization`. */
  readonly authorization: string | undefined;
  /** The common name of a client certificate that has been verified. */
  readonly certificate: string | null;
  /** The address that it comes from. */
  readonly source: string;
}

/** Who asks, for logs and history. */
export interface Caller {
  readonly requestId: string;
  /** Null while nobody authenticates. */
  readonly by: string | null;
}

/** Who asks, and what it may do. */
export interface Identity {
  /**
   * What history and audit call it. The name of a key; with a colon, which those do not have, what others call it:
   * `oidc:` and the subject of a token, `mtls:` and the name of a certificate.
   */
  readonly by: string;
  readonly may: ReadonlySet<Role>;
}

/** What stands behind `Bearer`, and its SHA-256. */
export interface Bearer {
  readonly secret: string;
  readonly digest: string;
}

/**
 * Knows some bearers. Undefined: not this one. Only what has to be asked for elsewhere is a promise.
 * @throws ServiceError what cannot be told just now
 */
export type Verifier = (bearer: Bearer) => Identity | undefined | Promise<Identity | undefined>;
