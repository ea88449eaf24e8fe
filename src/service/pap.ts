import { createHash } from 'node:crypto';
import type { PolicyDocument, PolicyKind } from '../policy/document.js';
import { type DocumentDiff, diffDocuments } from '../policy/document-diff.js';
import type { Finding } from '../policy/issue.js';
import { lintAttached, lintPolicy } from '../policy/lint.js';
import { parsePolicy } from '../policy/parse.js';
import type { PolicyHead, PolicyVersion, Store } from '../store/store.js';
import { attachmentOf } from './attachment.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { type Page, type PageRequest, paged, readCursor, writeCursor } from './paging.js';
import type { PolicyLimits } from './policy-sources.js';
import { type Validation, validateDocument } from './validate-document.js';
import { type AtRevision, notFound, type WriteOptions, type Writer, type Written } from './writer.js';

/** A stored policy, without its document and findings. */
export type PolicySummary = Omit<PolicyHead, 'kind'> & {
  readonly kind: PolicyKind;
  readonly attachedTo: readonly string[];
};

/** A stored policy as its readers see it. */
export type PolicyView = PolicySummary & {
  readonly document: PolicyDocument & Json;
  readonly findings: readonly Finding[];
};

type VersionSummary = Omit<PolicyVersion, 'kind'> & { readonly kind: PolicyKind };

/** One version of a policy, with its document. */
export type VersionView = VersionSummary & { readonly document: PolicyDocument & Json };

type Json = { readonly [member: string]: unknown };

/** The policy administration point: parse, lint, digest, store. */
export class Pap {
  constructor(
    private readonly store: Pick<Store, 'document' | 'version' | 'versions'>,
    private readonly directory: Directory,
    private readonly writer: Writer,
    private readonly limits: PolicyLimits,
  ) {}

  async list(kind: PolicyKind, page: PageRequest): Promise<AtRevision<Page<PolicySummary>>> {
    const summary = (head: PolicyHead): PolicySummary => this.#summary(kind, head);
    return this.#now(paged(page, this.directory.policies(kind), ({ name }) => name, summary));
  }

  /**
   * @param attached whether the findings are to include those that follow from what the policy is attached to
   * @throws ServiceError `not-found`
   */
  async get(
    kind: PolicyKind,
    name: string,
    { attached }: { readonly attached: boolean } = { attached: false },
  ): Promise<AtRevision<PolicyView>> {
    const { revision } = this.directory;
    const summary = this.#summary(kind, this.#head(kind, name));
    const text = await this.#text(summary.digest);
    if (!attached) return { revision, value: withDocument(summary, text) };
    // Which records matter is known only now, so all of the answer is made from the state of now.
    const head = this.#head(kind, name);
    if (head.digest !== summary.digest) return this.get(kind, name, { attached });
    const policy = withDocument(this.#summary(kind, head), text);
    const more = lintAttached(kind, policy.document, attachmentOf(policy, this.directory));
    return this.#now({ ...policy, findings: [...policy.findings, ...more] });
  }

  /** @throws ServiceError `precondition-failed`, `invalid-policy` (pointers below `/document`) */
  async put(
    kind: PolicyKind,
    name: string,
    { document, description }: { readonly document: unknown; readonly description?: string },
    options: WriteOptions,
  ): Promise<Written<PolicyView>> {
    await this.writer.mustHold(options.when, () => this.directory.policy(kind, name)?.revision);
    this.#mustParse(kind, document, '/document');
    return this.#write(kind, name, JSON.stringify(document), description ?? null, options);
  }

  /** @throws ServiceError `not-found`, `precondition-failed`, `policy-attached` */
  async delete(kind: PolicyKind, name: string, options: WriteOptions): Promise<{ readonly revision: number }> {
    return this.writer.write({ op: 'delete', type: 'policy', kind, name }, options);
  }

  /** Newest first. @throws ServiceError `not-found` */
  async versions(
    kind: PolicyKind,
    name: string,
    { limit, cursor }: Omit<PageRequest, 'prefix'>,
  ): Promise<AtRevision<Page<VersionSummary>>> {
    this.#head(kind, name);
    const before = cursor === undefined ? {} : { before: Number(readCursor(cursor, /^[1-9]\d{0,14}$/)) };
    const { revision } = this.directory;
    const found = await this.store.versions({ kind, name }, { limit: limit + 1, ...before });
    const items = found.slice(0, limit).map((version) => ({ ...version, kind }));
    const last = items.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? writeCursor(String(last.version)) : null;
    return { revision, value: { items, nextCursor } };
  }

  /** @throws ServiceError `not-found` */
  async version(kind: PolicyKind, name: string, version: number): Promise<AtRevision<VersionView>> {
    this.#head(kind, name);
    const { revision } = this.directory;
    const found = await this.store.version({ kind, name }, version);
    // Both may have been forgotten; the document in between.
    const text = found && (await this.store.document(found.digest));
    if (text === undefined) return notFound(`version ${version} of the ${kind} policy`, name);
    return { revision, value: { ...found!, kind, document: JSON.parse(text) as PolicyDocument & Json } };
  }

  /**
   * What a version has changed.
   * @param before since which one; absent: the one before it
   * @throws ServiceError `not-found`
   */
  async diff(
    kind: PolicyKind,
    name: string,
    version: number,
    before = version - 1,
  ): Promise<AtRevision<DocumentDiff & { readonly before: VersionSummary | null; readonly after: VersionSummary }>> {
    const { revision, value: newer } = await this.version(kind, name, version);
    const older = before === 0 ? null : (await this.version(kind, name, before)).value;
    const diff = diffDocuments(older?.document ?? null, newer.document);
    return { revision, value: { before: older && withoutDocument(older), after: withoutDocument(newer), ...diff } };
  }

  /** Makes an older version the newest. @throws ServiceError as `version` and `put` */
  async restore(kind: PolicyKind, name: string, version: number, options: WriteOptions): Promise<Written<PolicyView>> {
    await this.writer.mustHold(options.when, () => this.directory.policy(kind, name)?.revision);
    const { value } = await this.version(kind, name, version);
    this.#mustParse(kind, value.document, '');
    // A write of a policy that exists: a delete at the same moment must not be undone by it.
    const when = { ...options.when, ifMatch: options.when.ifMatch ?? '*' } as const;
    return this.#write(kind, name, JSON.stringify(value.document), value.description, { ...options, when });
  }

  /**
   * What `put` would say of a document; pointers are relative to it.
   * @param duplicates pointers of members that occur twice; `document` holds the last of each
   */
  async validate(kind: PolicyKind, document: unknown, duplicates: readonly string[]): Promise<AtRevision<Validation>> {
    return this.#now(validateDocument(kind, document, duplicates, this.limits));
  }

  async #write(
    kind: PolicyKind,
    name: string,
    document: string,
    description: string | null,
    options: WriteOptions,
  ): Promise<Written<PolicyView>> {
    const put = { op: 'put', type: 'policy', kind, name, document, digest: digestOf(document), description } as const;
    const { revision, applied } = await this.writer.write(put, options);
    if (applied.type !== 'policy' || applied.outcome === 'deleted') throw new Error('a put was answered as a delete');
    return { revision, outcome: applied.outcome, value: withDocument(this.#summary(kind, applied.policy), document) };
  }

  #mustParse(kind: PolicyKind, document: unknown, base: string): void {
    const parsed = parsePolicy(kind, document, this.limits[kind]);
    if (parsed.ok) return;
    const errors = parsed.errors.map((error) => ({ ...error, pointer: base + error.pointer }));
    throw new ServiceError('invalid-policy', 'the policy document is not valid', errors);
  }

  #now<T>(value: T): AtRevision<T> {
    return { revision: this.directory.revision, value };
  }

  #head(kind: PolicyKind, name: string): PolicyHead {
    return this.directory.policy(kind, name) ?? notFound(`${kind} policy`, name);
  }

  #summary(kind: PolicyKind, head: PolicyHead): PolicySummary {
    return { ...head, kind, attachedTo: this.directory.attachedTo(kind, head.name) };
  }

  async #text(digest: string): Promise<string> {
    const text = await this.store.document(digest);
    if (text === undefined) throw new Error(`the store has no document ${digest}`);
    return text;
  }
}

/** `sha256:<hex>` of a document's text. */
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const withoutDocument = ({ document: _, ...summary }: VersionView): VersionSummary => summary;

function withDocument(summary: PolicySummary, text: string): PolicyView {
  const document = JSON.parse(text) as PolicyDocument & Json;
  return { ...summary, document, findings: lintPolicy(summary.kind, document) };
}
