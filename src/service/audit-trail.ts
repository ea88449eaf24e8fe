import type { PolicyKind } from '../policy/document.js';
import type { AuditEntry, AuditPlace, AuditQuery, Store } from '../store/store.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { instant } from './instant.js';
import { type KeyGrant, readGrant } from './key-ring.js';
import { type Page, readCursor, writeCursor } from './paging.js';
import type { AtRevision } from './writer.js';

/** Times are ISO 8601 in UTC, with or without milliseconds. */
type AuditRequest = Omit<AuditQuery, 'before'> & { readonly cursor?: string };

/** `kind` and versions are of policies only, and a policy that was deleted has no version. */
type ListedEntry = Pick<AuditEntry, 'revision' | 'at' | 'by' | 'requestId' | 'op' | 'type' | 'id'> & {
  readonly kind?: PolicyKind;
  readonly version?: number;
  readonly before: { readonly revision: number; readonly version?: number } | null;
  /** Of a put of a key only. */
  readonly granted?: KeyGrant;
};

/** Who has written what. */
export class AuditTrail {
  constructor(
    private readonly store: Pick<Store, 'audit'>,
    private readonly directory: Directory,
  ) {}

  /** Newest first. @throws ServiceError `malformed-request` */
  async read({ cursor, limit, from, to, ...query }: AuditRequest): Promise<AtRevision<Page<ListedEntry>>> {
    const before = cursor === undefined ? undefined : placeOf(cursor);
    const { revision } = this.directory;
    const times = { from: bound('from', from), to: bound('to', to) };
    const found = await this.store.audit({ ...query, ...times, before, limit: limit + 1 });
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? cursorOf(last) : null;
    return { revision, value: { items: entries.map(listed), nextCursor } };
  }
}

/** In the form in which the store has times, so that their order as text is that in time. */
function bound(name: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const at = instant(time);
  if (at !== undefined) return at;
  const detail = `\`${name}\`: there is no such time`;
  throw new ServiceError('malformed-request', detail, [{ pointer: '', code: 'malformed-time', detail }]);
}

const cursorOf = ({ at, revision, seq }: AuditPlace): string => writeCursor(`${at} ${revision} ${seq}`);

function placeOf(cursor: string): AuditPlace {
  const [at = '', revision, seq] = readCursor(cursor, /^[\dTZ:.-]{1,40} \d{1,15} \d{1,15}$/).split(' ');
  return { at, revision: Number(revision), seq: Number(seq) };
}

function listed(entry: AuditEntry): ListedEntry {
  const { revision, at, by, requestId, op, type, kind, id, version, before, audited } = entry;
  return {
    ...{ revision, at, by, requestId, op, type },
    ...(kind !== null && { kind: kind as PolicyKind }),
    id,
    ...(version !== null && { version }),
    ...(audited !== null && { granted: readGrant(audited) }),
    before: before && { revision: before.revision, ...(before.version !== null && { version: before.version }) },
  };
}
