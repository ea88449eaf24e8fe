import type { AppliedPolicy } from '../decision/decision.js';
import { applyPatch, type Operation } from '../decision/json-patch.js';
import type { PolicyDocument, PolicyKind } from '../policy/document.js';
import { quoted } from '../policy/issue.js';
import type { PolicyReference } from './decision-request.js';
import type { PolicyLimits } from './policy-sources.js';
import type { Resolved } from './references.js';
import { type Before, reparse } from './reparse.js';

type Named = Pick<AppliedPolicy, 'name' | 'version'>;

/** What a policy is called that the body brings. */
const INLINE: Named = { name: null, version: null };

/** The policies of a question and what a search made of them, each change worked out once. */
export class ChangedPolicies {
  readonly #limits: PolicyLimits;
  /** By kind and what the question called them. */
  readonly #stored = new Map<string, AppliedPolicy>();
  readonly #inline = new Map<unknown, AppliedPolicy>();
  /** By the document that was changed (none where a policy is written), then by kind, name and patch. */
  readonly #changed = new Map<PolicyDocument | undefined, Map<string, AppliedPolicy | undefined>>();
  readonly #full = new Set<string>();
  #characters = 0;

  constructor(known: readonly Resolved[], limits: PolicyLimits) {
    this.#limits = limits;
    for (const { kind, called, reference } of known) {
      if (reference.policy === null) continue;
      if (typeof called === 'string') this.#stored.set(`${kind}/${called}`, reference.policy);
      else this.#inline.set(called, reference.policy);
    }
  }

  /** The characters of all documents that were parsed. */
  get characters(): number {
    return this.#characters;
  }

  /** The policies that took no more, as sentences name them. */
  get full(): readonly string[] {
    return [...this.#full];
  }

  /** @param called `name` or `name@version` */
  stored(kind: PolicyKind, called: string): AppliedPolicy | undefined {
    return this.#stored.get(`${kind}/${called}`);
  }

  /** The policy that a document of the body is, if it is one that was asked for. */
  brought(document: unknown): AppliedPolicy | undefined {
    return this.#inline.get(document);
  }

  /** A document that a change has put into the body. @returns undefined where it is no policy */
  written(kind: PolicyKind, document: Exclude<PolicyReference, string>): AppliedPolicy | undefined {
    return this.#inline.get(document) ?? this.#parsed(kind, document, INLINE, undefined);
  }

  /**
   * @param before undefined where there was no policy
   * @returns undefined where the patch does not fit, or what it makes is no policy
   */
  patched(
    kind: PolicyKind,
    before: AppliedPolicy | undefined,
    patch: readonly Operation[],
    named = INLINE,
  ): AppliedPolicy | undefined {
    const known = this.#changed.get(before?.document) ?? new Map<string, AppliedPolicy | undefined>();
    this.#changed.set(before?.document, known);
    const change = JSON.stringify([kind, named.name, patch]);
    if (known.has(change)) return known.get(change);
    const document = applyPatch(before?.document, patch);
    const policy = document.ok ? this.#parsed(kind, document.value, named, before) : undefined;
    known.set(change, policy);
    return policy;
  }

  #parsed(kind: PolicyKind, value: unknown, named: Named, before: Before | undefined): AppliedPolicy | undefined {
    const text = JSON.stringify(value) ?? '';
    this.#characters += text.length;
    const found = reparse(kind, value, text, this.#limits[kind], before);
    if (found === 'too-large') this.#full.add(titleOf(kind, named));
    if (typeof found === 'string') return undefined;
    const policy = { ...named, ...found };
    if (named === INLINE) this.#inline.set(policy.document, policy);
    return policy;
  }
}

const titleOf = (kind: PolicyKind, { name }: Named): string =>
  `the ${kind} policy ${name === null ? 'of the request' : quoted(name)}`;
