import type { Issue, PolicyDocument, PolicyKind, PolicyName, Revision, Timestamp, VersionNumber } from './wire.js';

/** Advice on a valid policy: it says that the policy may not do what its writer meant. */
export interface Finding extends Issue {
  /**
   * A `warning` is probably a mistake, `info` is worth knowing.
   * @example "warning"
   */
  readonly severity: 'warning' | 'info';
}

/** How much to say of a policy. */
export interface PolicyQuery {
  /**
   * Whether `findings` also tells what follows from the endpoints and APIs that the policy is attached to, such as a
   * principal that their methods cannot know.
   * @default false
   */
  readonly findings?: boolean;
}

/** A policy to be stored. */
export interface PolicyWrite {
  /** The policy itself. It is kept as written, and its faults are answered with 422. */
  readonly document: PolicyDocument;
  /**
   * What the policy is for. Absent means none: a replaced policy loses the description that it had.
   * @maxLength 1000
   * @pattern ^[^\u0000\ud800-\udfff]*$
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description?: string;
}

/** A stored policy, without its document and findings. */
export interface PolicySummary {
  /** The kind it was stored under. */
  readonly kind: PolicyKind;
  /** The name it was stored under. */
  readonly name: PolicyName;
  /** How many times the policy has been written. */
  readonly version: VersionNumber;
  /**
   * What the policy is for.
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description: string | null;
  /**
   * Hash of the document's text: equal digests, equal documents.
   * @pattern ^sha256:[0-9a-f]{64}$
   * @example "sha256:5f1d7a84db00d2fce00b31a7fc73224f0e9b2a7a3d0b0f7a4f4e3c1d2b5a6978"
   */
  readonly digest: string;
  /** The revision of the last write; its ETag. */
  readonly revision: Revision;
  /**
   * Ids of the endpoints or APIs that it is attached to.
   * @example ["vpce-1a2b3c4d"]
   */
  readonly attachedTo: readonly string[];
  /** When the policy was first written. */
  readonly createdAt: Timestamp;
  /** When the policy was last written. */
  readonly updatedAt: Timestamp;
}

/** A stored policy. */
export interface Policy extends PolicySummary {
  /** The document as it was written. */
  readonly document: PolicyDocument;
  /** Advice on the document; pointers are relative to it. */
  readonly findings: readonly Finding[];
}

/** A part of a list of policies. */
export interface PolicyList {
  /** Bytewise by name. */
  readonly items: readonly PolicySummary[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}

/** One version of a policy, without its document. */
export interface PolicyVersionSummary {
  /** The kind it was stored under. */
  readonly kind: PolicyKind;
  /** The name it was stored under. */
  readonly name: PolicyName;
  /** The number of the version. */
  readonly version: VersionNumber;
  /**
   * What the policy was for.
   * @example "GET and POST on two APIs, for everybody"
   */
  readonly description: string | null;
  /**
   * Hash of the document's text.
   * @example "sha256:5f1d7a84db00d2fce00b31a7fc73224f0e9b2a7a3d0b0f7a4f4e3c1d2b5a6978"
   */
  readonly digest: string;
  /** The revision that wrote the version. */
  readonly revision: Revision;
  /** When the version was written. */
  readonly createdAt: Timestamp;
  /**
   * Who wrote the version; null where nobody authenticates.
   * @example null
   */
  readonly by: string | null;
}

/** One version of a policy, as it was written. */
export interface PolicyVersion extends PolicyVersionSummary {
  /** The document as it was written. */
  readonly document: PolicyDocument;
}

/** A part of the history of a policy. */
export interface PolicyVersionList {
  /** The newest first. */
  readonly items: readonly PolicyVersionSummary[];
  /** The `cursor` of the next part; null after the last. */
  readonly nextCursor: string | null;
}

/** A document to be checked. */
export interface ValidationRequest {
  /** The document, of the kind that the path names. */
  readonly document: PolicyDocument;
}

/** What storing a document would say. */
export interface Validation {
  /** Whether the document could be stored: it has no errors. */
  readonly valid: boolean;
  /** What would stop the policy; pointers are relative to the document. */
  readonly errors: readonly Issue[];
  /** Advice; pointers are relative to the document. */
  readonly findings: readonly Finding[];
}
