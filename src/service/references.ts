import type { AppliedPolicy } from '../decision/decision.js';
import type { PolicyKind } from '../policy/document.js';
import { type Issue, quoted } from '../policy/issue.js';
import type { PolicyHead } from '../store/store.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { PolicyReference } from './decision-request.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import type { PolicySources } from './policy-sources.js';

/** A policy that a question refers to; it is there once `References.settle` has settled. */
export interface Reference {
  policy: AppliedPolicy | null;
}

/** What a question called a policy, and what that was. */
export interface Resolved {
  readonly kind: PolicyKind;
  readonly called: PolicyReference;
  readonly reference: Reference;
}

/**
 * The policies of one question. Names are looked up at once, so that all are of one revision; only documents, which
 * never change, may have to be waited for.
 */
export class References {
  // Nearly always there is nothing in them, so they are made when there is.
  #pending: Promise<void>[] | null = null;
  #unknown: Issue[] | null = null;
  #invalid: Issue[] | null = null;
  /** Every policy that was asked for, in the order of asking; filled only where documents are kept. */
  readonly resolved: Resolved[] = [];

  /** @param documents whether policies keep the documents they were compiled from, for an explanation */
  constructor(
    private readonly directory: Pick<Directory, 'policy'>,
    private readonly compiled: Pick<CompiledPolicies, 'get' | 'document'>,
    private readonly sources: PolicySources,
    private readonly documents = false,
  ) {}

  /** A stored policy that a record names, and which therefore exists. */
  attached(kind: PolicyKind, name: string): Reference {
    return this.#noted(kind, name, this.#newest(kind, name, undefined) ?? this.#missing(`/${kind}`, name));
  }

  /**
   * @param pointer of the reference in the request
   * @param index its place, where a request brings several
   */
  of(kind: PolicyKind, reference: PolicyReference, pointer: string, index?: number): Reference {
    return this.#noted(kind, reference, this.#resolve(kind, reference, pointer, index));
  }

  #noted(kind: PolicyKind, called: PolicyReference, reference: Reference): Reference {
    if (this.documents) this.resolved.push({ kind, called, reference });
    return reference;
  }

  #resolve(kind: PolicyKind, reference: PolicyReference, pointer: string, index: number | undefined): Reference {
    if (typeof reference !== 'string') return this.#inline(kind, reference, pointer, index);
    const at = reference.indexOf('@');
    const newest = this.#newest(kind, at < 0 ? reference : reference.slice(0, at), index);
    if (newest === null || at < 0) return newest ?? this.#missing(pointer, reference);
    return this.#version(kind, reference, pointer, index);
  }

  /**
   * Nothing to wait for where every document is at hand: then the policies are there when this returns.
   * @throws ServiceError `unknown-policy`, or `invalid-policy` for documents that are none
   */
  settle(): Promise<void> | undefined {
    if (this.#pending !== null) return Promise.all(this.#pending).then(() => this.#refuse());
    this.#refuse();
    return undefined;
  }

  #refuse(): void {
    if (this.#unknown !== null) {
      throw new ServiceError('unknown-policy', 'the request names policies that do not exist', this.#unknown);
    }
    if (this.#invalid !== null) {
      throw new ServiceError('invalid-policy', 'the request holds policy documents that are not valid', this.#invalid);
    }
  }

  #newest(kind: PolicyKind, name: string, index: number | undefined): Reference | null {
    const head = this.directory.policy(kind, name);
    return head === undefined ? null : this.#stored(head, index);
  }

  #stored(head: Stored, index: number | undefined): Reference {
    const reference: Reference = { policy: null };
    const waiting = this.#fill(reference, head, index);
    if (waiting !== undefined) this.#wait(waiting);
    return reference;
  }

  #fill(reference: Reference, { name, version, digest }: Stored, index: number | undefined): Promise<void> | undefined {
    if (this.documents) return this.#withDocument(reference, named(name, version, index), digest);
    const compiled = this.compiled.get(digest);
    if (compiled instanceof Promise) {
      return compiled.then((policy) => {
        reference.policy = { ...named(name, version, index), compiled: policy };
      });
    }
    // Written out, for every question comes here: a spread costs as much as all the rest.
    reference.policy = index === undefined ? { name, version, compiled } : { name, version, index, compiled };
    return undefined;
  }

  #wait(waiting: Promise<void>): void {
    this.#pending ??= [];
    this.#pending.push(waiting);
  }

  /** `name@version`: an older version is looked up in the history of a policy that exists. */
  #version(kind: PolicyKind, text: string, pointer: string, index: number | undefined): Reference {
    const [name = '', number = ''] = text.split(/@(.*)/s);
    const head = this.directory.policy(kind, name);
    if (!/^[1-9]\d{0,14}$/.test(number) || head === undefined) return this.#missing(pointer, text);
    if (head.version === Number(number)) return this.#stored(head, index);
    // It does not exist at this revision: no need to ask the store.
    if (head.version < Number(number)) return this.#missing(pointer, text);
    const reference: Reference = { policy: null };
    this.#wait(
      this.sources.version({ kind, name }, Number(number)).then((found) => {
        if (found !== undefined) return this.#fill(reference, found, index);
        this.#missing(pointer, text);
        return undefined;
      }),
    );
    return reference;
  }

  async #withDocument(reference: Reference, it: Named, digest: string): Promise<void> {
    const [compiled, document] = await Promise.all([this.compiled.get(digest), this.compiled.document(digest)]);
    reference.policy = { ...it, compiled, document };
  }

  #inline(kind: PolicyKind, value: Record<string, unknown>, pointer: string, index: number | undefined): Reference {
    const read = this.sources.inline(kind, value);
    if ('compiled' in read) return { policy: { ...named(null, null, index), ...read } };
    this.#invalid ??= [];
    for (const issue of read.errors.slice(0, MOST_ISSUES - this.#invalid.length)) {
      this.#invalid.push({ ...issue, pointer: pointer + issue.pointer });
    }
    return { policy: null };
  }

  #missing(pointer: string, name: string): Reference {
    this.#unknown ??= [];
    this.#unknown.push({ pointer, code: 'unknown-policy', detail: `there is no policy ${quoted(name)} of this kind` });
    return { policy: null };
  }
}

/** A hundred documents could each have a hundred faults, and a batch asks of many hundreds. */
const MOST_ISSUES = 1000;

type Stored = Pick<PolicyHead, 'name' | 'version' | 'digest'>;

type Named = Pick<AppliedPolicy, 'name' | 'version' | 'index'>;

const named = (name: string | null, version: number | null, index: number | undefined): Named =>
  index === undefined ? { name, version } : { name, version, index };
