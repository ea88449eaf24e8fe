import { createHash } from 'node:crypto';
import type { PolicyDocument, PolicyKind } from '../policy/document.js';
import type { Finding, Issue } from '../policy/issue.js';
import { lintPolicy } from '../policy/lint.js';
import { parsePolicy } from '../policy/parse.js';
import type { Change, Commit, PolicyHead, PolicyVersion, Precondition, Store } from '../store/store.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { type Page, type PageRequest, paged, readCursor, writeCursor } from './paging.js';
import { type Api, type ApiBody, type Endpoint, type EndpointBody, recordIssues } from './records.js';
import type { PolicyLimits } from './references.js';
import type { Revisions } from './revisions.js';

/** A stored policy as its readers see it. */
export interface PolicyView extends PolicyHead {
  readonly kind: PolicyKind;
  readonly document: unknown;
  readonly attachedTo: readonly string[];
  readonly findings: readonly Finding[];
}

export type PolicySummary = Omit<PolicyView, 'document' | 'findings'>;

/** One version of a policy, with its document. */
export interface PolicyVersionView extends PolicyVersion {
  readonly document: unknown;
}

/** What a write made of a record, and at which revision. */
export interface Written<T> {
  readonly created: boolean;
  readonly record: T;
}

/** The policy administration point: parse, lint, digest, store; then let decisions see it. */
export class Pap {
  constructor(
    private readonly store: Store,
    private readonly directory: Directory,
    private readonly revisions: Revisions,
    private readonly limits: PolicyLimits,
  ) {}

  listPolicies(kind: PolicyKind, page: PageRequest): Page<PolicySummary> {
    return paged(
      page,
      this.directory.policies(kind),
      ({ name }) => name,
      (head) => this.#summary(kind, head),
    );
  }

  /** @throws ServiceError `not-found` */
  async getPolicy(kind: PolicyKind, name: string): Promise<PolicyView> {
    return this.#view(kind, this.#head(kind, name));
  }

  /** The revision of a policy's last write, for a conditional read. @throws ServiceError `not-found` */
  policyRevision(kind: PolicyKind, name: string): number {
    return this.#head(kind, name).revision;
  }

  /** @throws ServiceError `precondition-failed`, `invalid-policy` (pointers below `/document`) */
  async putPolicy(
    kind: PolicyKind,
    name: string,
    body: { document: unknown; description?: string },
    when: Precondition,
  ): Promise<Written<PolicyView>> {
    mustHold(when, this.directory.policy(kind, name)?.revision);
    const parsed = parsePolicy(kind, body.document, this.limits[kind]);
    if (!parsed.ok) throw invalidPolicy(parsed.errors, '/document');
    const text = JSON.stringify(body.document);
    return this.#writePolicy(kind, name, text, body.description ?? null, when);
  }

  /** @throws ServiceError `not-found`, `precondition-failed`, `policy-attached` */
  async deletePolicy(kind: PolicyKind, name: string, when: Precondition): Promise<void> {
    await this.#commit({ op: 'delete', type: 'policy', kind, name, when });
  }

  /** Newest first. @throws ServiceError `not-found` */
  async listVersions(
    kind: PolicyKind,
    name: string,
    { limit, cursor }: Omit<PageRequest, 'prefix'>,
  ): Promise<Page<PolicyVersion>> {
    this.#head(kind, name);
    const page = {
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: Number(readCursor(cursor, /^[1-9]\d{0,14}$/)) }),
    };
    const found = await this.store.versions({ kind, name }, page);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? writeCursor(String(last.version)) : null };
  }

  /** @throws ServiceError `not-found` */
  async getVersion(kind: PolicyKind, name: string, version: number): Promise<PolicyVersionView> {
    this.#head(kind, name);
    const found = await this.store.version({ kind, name }, version);
    if (found === undefined) throw notFound(`version ${version} of the ${kind} policy \`${name}\``);
    return { ...found, document: JSON.parse(await this.#text(found.digest)) };
  }

  /** Makes an older version the newest. @throws ServiceError as `putPolicy` and `getVersion` */
  async restoreVersion(kind: PolicyKind, name: string, version: number, when: Precondition): Promise<PolicyView> {
    const { document, description } = await this.getVersion(kind, name, version);
    mustHold(when, this.directory.policy(kind, name)?.revision);
    const parsed = parsePolicy(kind, document, this.limits[kind]);
    if (!parsed.ok) throw invalidPolicy(parsed.errors, '');
    // Restoring is a write of a policy that exists: a concurrent delete must not be undone by it.
    const exists: Precondition = { ...when, ifMatch: when.ifMatch ?? '*' };
    const { record } = await this.#writePolicy(kind, name, JSON.stringify(document), description, exists);
    return record;
  }

  /** What `putPolicy` would say of a document; pointers are relative to it. */
  validate(
    kind: PolicyKind,
    document: unknown,
    duplicates: readonly Issue[] = [],
  ): { valid: boolean; errors: readonly Issue[]; findings: readonly Finding[] } {
    const parsed = parsePolicy(kind, document, this.limits[kind]);
    const errors = [...duplicates, ...(parsed.ok ? [] : parsed.errors)];
    const findings = parsed.ok ? lintPolicy(kind, parsed.document) : [];
    return { valid: errors.length === 0, errors, findings };
  }

  listEndpoints(page: PageRequest): Page<Endpoint> {
    return paged(
      page,
      this.directory.endpoints,
      ({ id }) => id,
      (endpoint) => endpoint,
    );
  }

  /** @throws ServiceError `not-found` */
  getEndpoint(id: string): Endpoint {
    return this.directory.endpoints.get(id) ?? missing('endpoint', id);
  }

  /** @throws ServiceError `malformed-request`, `precondition-failed`, `unknown-attached-policy` */
  async putEndpoint(id: string, body: EndpointBody, when: Precondition): Promise<Written<Endpoint>> {
    const { vpcId, region, policy, context, description } = body;
    const created = await this.#putRecord('endpoint', id, { vpcId, region, policy, context, description }, when);
    return { created, record: this.getEndpoint(id) };
  }

  /** @throws ServiceError `not-found`, `precondition-failed` */
  async deleteEndpoint(id: string, when: Precondition): Promise<void> {
    await this.#commit({ op: 'delete', type: 'endpoint', id, when });
  }

  listApis(page: PageRequest): Page<Api> {
    return paged(
      page,
      this.directory.apis,
      ({ id }) => id,
      (api) => api,
    );
  }

  /** @throws ServiceError `not-found` */
  getApi(id: string): Api {
    return this.directory.apis.get(id) ?? missing('API', id);
  }

  /** @throws ServiceError `malformed-request`, `precondition-failed`, `unknown-attached-policy` */
  async putApi(id: string, body: ApiBody, when: Precondition): Promise<Written<Api>> {
    const { accountId, region, partition, endpointType, policy, authorizationType, methods, context, description } =
      body;
    const record = {
      accountId,
      region,
      partition,
      endpointType,
      policy,
      authorizationType,
      methods,
      context,
      description,
    };
    const created = await this.#putRecord('api', id, record, when);
    return { created, record: this.getApi(id) };
  }

  /** @throws ServiceError `not-found`, `precondition-failed` */
  async deleteApi(id: string, when: Precondition): Promise<void> {
    await this.#commit({ op: 'delete', type: 'api', id, when });
  }

  /** @param body in the order of its members, so that equal records are equal texts; @returns whether it is new */
  async #putRecord<T extends EndpointBody | ApiBody>(
    type: 'endpoint' | 'api',
    id: string,
    body: { [member in keyof T]: T[member] | undefined } & T,
    when: Precondition,
  ): Promise<boolean> {
    const issues = recordIssues(body);
    if (issues.length > 0) throw new ServiceError('malformed-request', 'the record is malformed', issues);
    const commit = await this.#commit({ op: 'put', type, id, policy: body.policy, body: JSON.stringify(body), when });
    return commit.applied[0]?.outcome === 'created';
  }

  async #writePolicy(
    kind: PolicyKind,
    name: string,
    document: string,
    description: string | null,
    when: Precondition,
  ): Promise<Written<PolicyView>> {
    const digest = digestOf(document);
    const { applied } = await this.#commit({
      op: 'put',
      type: 'policy',
      kind,
      name,
      document,
      digest,
      description,
      when,
    });
    const [change] = applied;
    if (change?.type !== 'policy' || change.outcome === 'deleted')
      throw new Error('a put was answered as another change');
    return { created: change.outcome === 'created', record: this.#withDocument(kind, change.policy, document) };
  }

  async #commit(change: Change): Promise<Commit> {
    const commit = await this.store.commit([change], { at: new Date().toISOString(), by: null });
    this.directory.apply(commit);
    this.revisions.moved();
    return commit;
  }

  #head(kind: PolicyKind, name: string): PolicyHead {
    return this.directory.policy(kind, name) ?? missing(`${kind} policy`, name);
  }

  async #view(kind: PolicyKind, head: PolicyHead): Promise<PolicyView> {
    return this.#withDocument(kind, head, await this.#text(head.digest));
  }

  #withDocument(kind: PolicyKind, head: PolicyHead, text: string): PolicyView {
    const document = JSON.parse(text) as PolicyDocument;
    return { ...this.#summary(kind, head), document, findings: lintPolicy(kind, document) };
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

const notFound = (what: string): ServiceError => new ServiceError('not-found', `there is no ${what}`);

function missing(what: string, name: string): never {
  throw notFound(`${what} \`${name}\``);
}

const invalidPolicy = (errors: readonly Issue[], base: string): ServiceError =>
  new ServiceError(
    'invalid-policy',
    'the policy document is not valid',
    errors.map((error) => ({ ...error, pointer: base + error.pointer })),
  );

/** Told early, before a document is judged; the store checks again, where writers meet. */
function mustHold({ ifMatch, ifNoneMatch }: Precondition, revision: number | undefined): void {
  const matches = ifMatch === undefined || (revision !== undefined && (ifMatch === '*' || ifMatch.includes(revision)));
  if (matches && (ifNoneMatch === undefined || revision === undefined)) return;
  throw new ServiceError('precondition-failed', 'the record is not in the state that the request names');
}
