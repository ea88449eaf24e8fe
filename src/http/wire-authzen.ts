/** What is known of an entity, or of the circumstances. */
export interface AuthzenProperties {
  readonly [name: string]: unknown;
}

/** Who asks for access. */
export interface AuthzenSubject {
  /**
   * `aws` for a principal ARN, `anonymous` for nobody, anything else for a subject of your own.
   * @minLength 1
   * @maxLength 256
   * @example "user"
   */
  readonly type: string;
  /**
   * Unique for its type. For `anonymous` it is `*`.
   * @maxLength 2048
   * @example "alice"
   */
  readonly id: string;
  /** Condition keys `authzen:subject/…`. */
  readonly properties?: AuthzenProperties;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** What is to be done. */
export interface AuthzenAction {
  /**
   * `execute-api:Invoke` or an HTTP method for what is of API Gateway, else a word of your own.
   * @minLength 1
   * @maxLength 256
   * @example "read"
   */
  readonly name: string;
  /** Condition keys `authzen:action/…`. */
  readonly properties?: AuthzenProperties;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** What it is to be done to. */
export interface AuthzenResource {
  /**
   * `execute-api` for an ARN, `route` (with `apiId` and `stage` among its properties) for a path of an API, anything else for
   * a resource of your own.
   * @minLength 1
   * @maxLength 256
   * @example "record"
   */
  readonly type: string;
  /**
   * Unique for its type.
   * @maxLength 2048
   * @example "record-1"
   */
  readonly id: string;
  /** Condition keys `authzen:resource/…`. */
  readonly properties?: AuthzenProperties;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** How to evaluate, and what to answer. */
export interface AuthzenOptions {
  /**
   * `execute_all` answers every evaluation; the others stop after the first that is denied, or permitted.
   * @default "execute_all"
   */
  readonly evaluations_semantic?: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';
  /**
   * Whether each decision comes with its grounds, as `context`. An option of Postern's own.
   * @default false
   */
  readonly explain?: boolean;
  /** Options that are not known are ignored. */
  readonly [option: string]: unknown;
}

/** May this subject do this to that resource? */
export interface AccessEvaluation {
  /** Who asks. */
  readonly subject: AuthzenSubject;
  /** What is to be done. */
  readonly action: AuthzenAction;
  /** What it is to be done to. */
  readonly resource: AuthzenResource;
  /** Condition keys (`aws:VpcSourceIp`) as they are, and everything else as `authzen:context/…`; `endpoint` is the VPC endpoint. */
  readonly context?: AuthzenProperties;
  /** What to answer. */
  readonly options?: AuthzenOptions;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** A whole entity, or the part of one that evaluations lack. */
export interface AuthzenDefault {
  /**
   * The type.
   * @maxLength 256
   */
  readonly type?: string;
  /**
   * The id.
   * @maxLength 2048
   */
  readonly id?: string;
  /**
   * The name of an action.
   * @maxLength 256
   */
  readonly name?: string;
  /** What is known of it. */
  readonly properties?: AuthzenProperties;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** Many evaluations. */
export interface AccessEvaluations {
  /** The subject of evaluations that name none. */
  readonly subject?: AuthzenDefault;
  /** The action of evaluations that name none. */
  readonly action?: AuthzenDefault;
  /** The resource of evaluations that name none. */
  readonly resource?: AuthzenDefault;
  /** The context of evaluations that have none. */
  readonly context?: AuthzenProperties;
  /**
   * The evaluations; a bad one is denied and does not spoil the others. Without any, the rest is a single evaluation. What they
   * take from the top counts in each: together they may have four times what a body may.
   * @extension {"x-enforced": {"type": "array"}}
   */
  readonly evaluations?: readonly AuthzenEvaluation[];
  /** How to evaluate. */
  readonly options?: AuthzenOptions;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** One of many evaluations: what differs from the defaults. */
export interface AuthzenEvaluation {
  /** Who asks. */
  readonly subject?: AuthzenDefault;
  /** What is to be done. */
  readonly action?: AuthzenDefault;
  /** What it is to be done to. */
  readonly resource?: AuthzenDefault;
  /** In place of the context of all. */
  readonly context?: AuthzenProperties;
  /** Members that this version of the standard does not know are ignored. */
  readonly [member: string]: unknown;
}

/** A decision. */
export interface AuthzenDecision {
  /**
   * Whether access is permitted.
   * @example true
   */
  readonly decision: boolean;
  /** The grounds, where they were asked for; for an evaluation that failed, the `error`. */
  readonly context?: AuthzenProperties;
}

/** The decisions, in the order of the evaluations. */
export interface AuthzenDecisions {
  /** One for each evaluation, or up to the one at which the semantic stops. */
  readonly evaluations: readonly AuthzenDecision[];
}

/** Where everything is. */
export interface AuthzenConfiguration {
  /**
   * The address that identifies this decision point.
   * @example "https://pdp.example.com"
   */
  readonly policy_decision_point: string;
  /**
   * Where to ask for one decision.
   * @example "https://pdp.example.com/access/v1/evaluation"
   */
  readonly access_evaluation_endpoint: string;
  /**
   * Where to ask for many.
   * @example "https://pdp.example.com/access/v1/evaluations"
   */
  readonly access_evaluations_endpoint: string;
}
