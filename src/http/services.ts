import type { Registry } from 'prom-client';
import type { Issue } from '../policy/issue.js';
import type { Credentials, Identity } from '../service/credentials.js';
import type { Precondition } from './conditional.js';
import type * as wire from './wire.js';
import type * as audit from './wire-audit.js';
import type * as authzen from './wire-authzen.js';
import type * as changes from './wire-changes.js';
import type * as decisions from './wire-decisions.js';
import type * as explanations from './wire-explanations.js';
import type * as keys from './wire-keys.js';
import type * as records from './wire-records.js';
import type * as replay from './wire-replay.js';
import type * as transfer from './wire-transfer.js';

/**
 * What the HTTP door needs of the rest. The bodies that it hands over have the shape of their schema; whether they make
 * sense is for the services to say, which throw `ServiceError` with pointers into the body.
 */
export interface Services {
  readonly pap: {
    readonly policies: PolicyAdministration;
    readonly endpoints: RecordAdministration<records.EndpointWrite, records.Endpoint>;
    readonly apis: RecordAdministration<records.ApiWrite, records.Api>;
  };
  readonly pdp: DecisionPoint;
  readonly evaluations: EvaluationPoint;
  readonly gateway: GatewayPoint;
  readonly transfer: Transfer;
  readonly changes: ChangeLog;
  readonly keys: KeyAdministration;
  readonly audit: AuditTrail;
  /** Asked only where somebody authenticates. */
  readonly authenticator: Authenticator;
  readonly revisions: Revisions;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly replay: Replay;
}

/** An answer and the revision of the store that it was made from. */
export interface AtRevision<T> {
  readonly revision: number;
  readonly value: T;
}

/** What a write left behind, and what it did. */
export interface Written<T> extends AtRevision<T> {
  readonly outcome: 'created' | 'replaced' | 'unchanged';
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface PageOf {
  readonly limit: number;
  readonly cursor?: string;
}

export interface NamedPageOf extends PageOf {
  readonly prefix?: string;
}

/** Who asks, for the logs. */
export interface Caller {
  readonly requestId: string;
  /** Null while nobody authenticates. */
  readonly by: string | null;
}

export interface WriteOptions extends Caller {
  readonly when: Precondition;
}

export interface PolicyAdministration {
  list(kind: wire.PolicyKind, page: NamedPageOf): Promise<AtRevision<Listing<wire.PolicySummary>>>;
  /** @param attached whether to judge the policy by what it is attached to, too */
  get(kind: wire.PolicyKind, name: string, options: { readonly attached: boolean }): Promise<AtRevision<wire.Policy>>;
  put(
    kind: wire.PolicyKind,
    name: string,
    policy: wire.PolicyWrite,
    options: WriteOptions,
  ): Promise<Written<wire.Policy>>;
  delete(kind: wire.PolicyKind, name: string, options: WriteOptions): Promise<{ readonly revision: number }>;
  versions(kind: wire.PolicyKind, name: string, page: PageOf): Promise<AtRevision<Listing<wire.PolicyVersionSummary>>>;
  version(kind: wire.PolicyKind, name: string, version: number): Promise<AtRevision<wire.PolicyVersion>>;
  /** @param before the version to begin from; absent: the one before */
  diff(
    kind: wire.PolicyKind,
    name: string,
    version: number,
    before: number | undefined,
  ): Promise<AtRevision<changes.VersionDiff>>;
  restore(kind: wire.PolicyKind, name: string, version: number, options: WriteOptions): Promise<Written<wire.Policy>>;
  /** @param duplicates pointers (relative to the document) of members that occur twice; `document` holds the last */
  validate(
    kind: wire.PolicyKind,
    document: unknown,
    duplicates: readonly string[],
  ): Promise<AtRevision<wire.Validation>>;
}

/** Endpoints, and APIs. */
export interface RecordAdministration<Write, Stored> {
  list(page: NamedPageOf): Promise<AtRevision<Listing<Stored>>>;
  get(id: string): Promise<AtRevision<Stored>>;
  put(id: string, record: Write, options: WriteOptions): Promise<Written<Stored>>;
  delete(id: string, options: WriteOptions): Promise<{ readonly revision: number }>;
}

export interface DecisionOptions extends Caller {
  /** The caller wants no more than `MinimalDecision`: what is left out need not be made. */
  readonly minimal: boolean;
}

/** What is there already, or will be. */
type Awaitable<T> = T | Promise<T>;

export interface DecisionPoint {
  decide(
    request: decisions.DecisionRequest,
    options: DecisionOptions,
  ): Awaitable<decisions.Decision | decisions.MinimalDecision>;
  explain(request: decisions.DecisionRequest, caller: Caller): Promise<explanations.Explanation>;
  /** @param shapeErrors what keeps an item from being a `DecisionRequest` in shape */
  decideBatch(
    items: readonly unknown[],
    options: DecisionOptions & { readonly shapeErrors: (item: unknown) => readonly Issue[] },
  ): Awaitable<decisions.BatchAnswer>;
  simulate(request: decisions.SimulationRequest, options: DecisionOptions): Promise<explanations.SimulationAnswer>;
}

export interface EvaluationOptions extends Caller {
  /** Whether the answer is to tell the grounds. */
  readonly explain: boolean;
  /** What keeps a value from being an `AccessEvaluation`, and a `DecisionRequest`, in shape. */
  readonly shapeErrors: {
    readonly evaluation: (value: unknown) => readonly Issue[];
    readonly question: (value: unknown) => readonly Issue[];
  };
}

/** AuthZEN's questions. */
export interface EvaluationPoint {
  evaluate(evaluation: object, options: EvaluationOptions): Promise<AtRevision<authzen.AuthzenDecision>>;
  /** @param defaults what evaluations fall back to */
  evaluateAll(
    evaluations: readonly unknown[],
    defaults: Pick<authzen.AccessEvaluations, 'subject' | 'action' | 'resource' | 'context'>,
    semantic: NonNullable<authzen.AuthzenOptions['evaluations_semantic']>,
    options: EvaluationOptions,
  ): Promise<AtRevision<readonly authzen.AuthzenDecision[]>>;
}

/** A request that has come to a gateway. */
export interface GatewayCall extends Omit<decisions.DecisionRequest, 'action' | 'resource'> {
  readonly api: string;
  /** Where the API is, if the request says so. */
  readonly region?: string;
  readonly stage: string;
  readonly verb: string;
  /** As received, with the slash that it begins with. */
  readonly path: string;
}

/** Gateways' questions. */
export interface GatewayPoint {
  /** @param options.shapeErrors what keeps a value from being a `DecisionRequest` in shape */
  decide(
    call: GatewayCall,
    options: Caller & { readonly shapeErrors: (question: unknown) => readonly Issue[] },
  ): Promise<decisions.Decision>;
}

export interface ImportOptions extends Caller {
  readonly dryRun: boolean;
}

export interface Transfer {
  /** The text of a `StoreDocument`, piece by piece. */
  export(): AtRevision<AsyncIterable<string>>;
  import(
    document: transfer.StoreDocument,
    options: ImportOptions & { readonly prune: boolean },
  ): Promise<transfer.ImportAnswer>;
  importAws(
    output: transfer.AwsOutput,
    options: ImportOptions & { readonly strict: boolean; readonly dedupe: boolean },
  ): Promise<transfer.ImportAnswer>;
}

export interface ChangeLog {
  /**
   * What was changed after a revision; of much the text of the list, piece by piece.
   * @param request.wait milliseconds to wait for a first change
   * @param request.onGone calls back when the client has left
   */
  after(request: {
    readonly after: number;
    readonly wait: number;
    readonly onGone: (leave: () => void) => void;
  }): Promise<AtRevision<changes.ChangeList | AsyncIterable<string>>>;
}

export interface KeyAdministration {
  list(page: NamedPageOf): Promise<AtRevision<Listing<keys.Key>>>;
  get(name: string): Promise<AtRevision<keys.Key>>;
  /** With the key itself where one was made. */
  put(name: string, key: keys.KeyWrite, options: WriteOptions): Promise<Written<keys.Key | keys.NewKey>>;
  revoke(name: string, options: WriteOptions): Promise<{ readonly revision: number }>;
}

export interface AuditTrail {
  read(
    query: Omit<audit.AuditQuery, 'limit'> & { readonly limit: number },
  ): Promise<AtRevision<Listing<audit.AuditEntry>>>;
}

export interface Authenticator {
  /** At once, unless somebody else has to be asked. @throws ServiceError */
  authenticate(credentials: Credentials): Awaitable<Identity>;
}

export interface Revisions {
  /** The state here. */
  readonly current: number;
  /** Settles when the state here is that new. @throws ServiceError `revision-not-reached` */
  reach(revision: number): Promise<void>;
}

export interface Health {
  readiness(): Promise<Readiness>;
}

export interface Replay {
  /**
   * @param source a body, or the lines of one as they arrive
   * @param options.most how many changes are listed
   * @param options.shapeErrors what keeps a value from being a `DecisionRequest` in shape
   */
  run(
    source: replay.ReplayRequest | AsyncIterable<string>,
    options: { readonly most: number; readonly shapeErrors: (item: unknown) => readonly Issue[] },
  ): Promise<replay.ReplayAnswer>;
}

export interface Metrics {
  /** Where the door's own are. */
  readonly registry: Registry;
  /** All of them, in the text format of Prometheus. */
  text(): Promise<string>;
}

export interface Readiness {
  /** Why no request should be sent here now; empty when all is well. */
  readonly reasons: readonly Omit<Issue, 'pointer'>[];
  readonly revision: number;
  /** Seconds since the revision was last known to be the newest. */
  readonly revisionAge: number;
}
