import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { instant } from './instant.js';
import { auditedGrant, type Key, type KeyBody, readKey } from './key-ring.js';
import { digestOf, newKey } from './key-text.js';
import type { KeyUsage } from './key-usage.js';
import { type Page, type PageRequest, paged } from './paging.js';
import { ROLES, type Role } from './roles.js';
import { type AtRevision, notFound, type WriteOptions, type Writer, type Written } from './writer.js';

/** What is said of a key by whoever makes it. */
export interface KeyWrite {
  readonly roles: readonly Role[];
  readonly description?: string;
  /** ISO 8601 in UTC. Absent: never. */
  readonly expiresAt?: string;
}

/** A key as those see it who administer it. The key itself is nowhere: not even here. */
export interface KeyView extends Omit<KeyBody, 'digest'> {
  readonly name: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Up to half a minute ago it may have been used again; null: never. */
  readonly lastUsedAt: string | null;
}

/** Makes and revokes API keys. A key is a record like others, so what is written here replicas hear as they hear of a policy. */
export class KeyAdministration {
  constructor(
    private readonly directory: Directory,
    private readonly writer: Writer,
    private readonly usage: Pick<KeyUsage, 'all'>,
  ) {}

  async list(page: PageRequest): Promise<AtRevision<Page<KeyView>>> {
    const uses = await this.usage.all();
    const { revision, keys } = this.directory;
    return {
      revision,
      value: paged(
        page,
        keys,
        ({ id }) => id,
        (key) => view(key, uses),
      ),
    };
  }

  /** @throws ServiceError `not-found` */
  async get(name: string): Promise<AtRevision<KeyView>> {
    const uses = await this.usage.all();
    const { revision, keys } = this.directory;
    return { revision, value: view(keys.get(name) ?? notFound('key', name), uses) };
  }

  /**
   * Makes a key, or changes what one may do and until when. A key stays what it is: for another one make one of another
   * name, and revoke this one when nobody uses it any more.
   * @returns with `key`, the only time that it can be seen, where one was made
   * @throws ServiceError `malformed-request`, `precondition-failed`
   */
  async put(
    name: string,
    write: KeyWrite,
    options: WriteOptions,
  ): Promise<Written<KeyView & { readonly key?: string }>> {
    mustBeFree(name);
    const expiresAt = this.#expiryOf(write);
    await this.writer.mustHold(options.when, () => this.directory.keys.get(name)?.revision);
    const present = this.directory.keys.get(name);
    const key = present === undefined ? newKey() : undefined;
    const body: KeyBody = {
      digest: present?.body.digest ?? digestOf(key!),
      roles: ROLES.filter((role) => write.roles.includes(role)),
      description: write.description ?? null,
      expiresAt,
    };
    const audited = auditedGrant(body);
    const put = { op: 'put', type: 'key', id: name, policy: null, body: JSON.stringify(body), audited } as const;
    // A write of the same key at the same moment must not be overwritten: a key just made would be lost, or one just revoked would live on.
    const when = present === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: [present.revision] };
    const { revision, applied } = await this.writer.write(put, { ...options, when });
    if (applied.type !== 'key' || applied.outcome === 'deleted') throw new Error('a put was answered as another write');
    const uses = present === undefined ? new Map<string, string>() : await this.usage.all();
    const value = { ...view(readKey(applied.record), uses), ...(key !== undefined && { key }) };
    return { revision, outcome: applied.outcome, value };
  }

  /** The key is refused from now on, here at once and elsewhere as soon as it is heard. @throws ServiceError `not-found` */
  async revoke(name: string, options: WriteOptions): Promise<{ readonly revision: number }> {
    return this.writer.write({ op: 'delete', type: 'key', id: name }, options);
  }

  /** Null: never. */
  #expiryOf({ expiresAt }: KeyWrite): string | null {
    if (expiresAt === undefined) return null;
    const expiry = instant(expiresAt);
    if (expiry === undefined) throw malformed('/expiresAt', 'malformed-time', 'there is no such time');
    if (Date.parse(expiry) <= Date.now()) throw malformed('/expiresAt', 'in-the-past', 'it must lie in the future');
    return expiry;
  }
}

/** Who has written with the bootstrap key. */
export const BOOTSTRAP = 'bootstrap';

function mustBeFree(name: string): void {
  if (name !== BOOTSTRAP) return;
  const detail = `\`${BOOTSTRAP}\` is what the bootstrap key is called where it has written something`;
  throw malformed('', 'reserved-name', detail);
}

const malformed = (pointer: string, code: string, detail: string) =>
  new ServiceError('malformed-request', 'the key is malformed', [{ pointer, code, detail }]);

function view(key: Key, uses: ReadonlyMap<string, string>): KeyView {
  const { id: name, body, revision, createdAt, updatedAt } = key;
  const { digest, ...rest } = body;
  return { name, ...rest, revision, createdAt, updatedAt, lastUsedAt: uses.get(digest) ?? null };
}
