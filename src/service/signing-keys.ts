import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, type LocalJWKSet } from 'jose';
import type { Logger } from 'pino';
import { ServiceError } from './errors.js';
import { fetchJson } from './fetch-json.js';
import { isSafeAddress } from './safe-address.js';
import { waitingRoom } from './waiting-room.js';

/** In milliseconds: how old keys get before newer ones are asked for, and how much time lies between two questions. */
const FRESH = 300_000;
const GAP = 1_000;

/** Anybody can make up a token that has to wait for a key, and an issuer may take its time. */
const MOST_WAITING = 200;

type Fetch = (url: string) => Promise<Readonly<Record<string, unknown>>>;

/**
 * The keys that an issuer signs with. Those that are known go on, also while the issuer is away; one that is not is asked
 * for, at most once a second, and whoever needs it waits for that: an issuer that has just taken another key into use
 * makes nobody fail, and made-up keys make nobody ask more often.
 * Not jose's `createRemoteJWKSet`: that forgets all keys when they get old and the issuer is away.
 */
export class SigningKeys {
  #known: LocalJWKSet | undefined;
  #text = '';
  #asked = Number.NEGATIVE_INFINITY;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  readonly #waiting = waitingRoom(MOST_WAITING, () =>
    unavailable('too many tokens wait for keys of their issuer already'),
  );

  /** @param onChanged is called when keys are others than before: what was verified with them is to be verified anew */
  constructor(
    private readonly issuer: string,
    private readonly onChanged: () => void,
    private readonly log: Pick<Logger, 'warn'>,
    private readonly fetch: Fetch = fetchJson,
  ) {}

  /**
   * The key that a token says it is signed with.
   * @throws ServiceError `issuer-unavailable`
   * @throws JOSEError there is no such key
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    try {
      if (this.#known !== undefined) return await this.#known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await this.#waiting(() => this.refresh()).catch((cause: unknown) => {
      throw cause instanceof ServiceError
        ? cause
        : unavailable('the issuer of the token cannot be asked for its keys', cause);
    });
    return this.#known!(header, token);
  };

  /** Has keys that are getting old asked for; nobody waits for it. */
  keepFresh(): void {
    if (performance.now() - this.#asked < FRESH) return;
    this.refresh().catch(() => {});
  }

  /**
   * Settles when the issuer has been asked for its keys after this was called; who calls meanwhile shares the next question.
   * @throws Unreachable
   * @throws Error what it answers is not what OpenID Connect says
   */
  refresh(): Promise<void> {
    this.#next ??= Promise.allSettled([this.#last, pause(Math.max(0, this.#asked + GAP - performance.now()))]).then(
      () => {
        this.#next = undefined;
        this.#asked = performance.now();
        this.#last = this.#ask();
        this.#last.catch((error: unknown) => {
          this.log.warn(
            { reason: String(error) },
            'the issuer of tokens cannot be asked for its keys: those known go on',
          );
        });
        return this.#last;
      },
    );
    return this.#next;
  }

  async #ask(): Promise<void> {
    const discovery = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer, jwks_uri: address } = await this.fetch(discovery);
    if (issuer !== this.issuer) throw new Error(`${discovery} is of the issuer ${JSON.stringify(issuer)}`);
    if (typeof address !== 'string' || !URL.canParse(address)) throw new Error(`${discovery} names no jwks_uri`);
    // OpenID Connect Discovery, section 3: else whoever is on the way to the keys makes tokens.
    if (!isSafeAddress(new URL(address))) throw new Error(`${discovery} names a jwks_uri that is not https`);
    const keys = await this.fetch(address);
    const text = JSON.stringify(keys);
    if (text === this.#text) return;
    this.#known = localKeys(address, keys);
    this.#text = text;
    this.onChanged();
  }
}

const unavailable = (message: string, cause?: unknown): ServiceError =>
  new ServiceError('issuer-unavailable', message, [], { cause });

function localKeys(address: string, keys: object): LocalJWKSet {
  try {
    return createLocalJWKSet(keys as JSONWebKeySet);
  } catch (cause) {
    throw new Error(`${address} does not answer with a set of keys`, { cause });
  }
}
