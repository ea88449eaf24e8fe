import type { PolicyDocument } from '../../src/policy/document.js';

/** A question of the workload, as its generator makes it: the context has what AWS would put there. */
export interface WorkloadRequest {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** The endpoint's id, which is also its policy's name. */
  readonly endpoint: string;
  /** The API's id, which is also its policy's name. */
  readonly api: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface Workload {
  readonly S: number;
  readonly endpointPolicies: Readonly<Record<string, PolicyDocument>>;
  readonly resourcePolicies: Readonly<Record<string, PolicyDocument>>;
  readonly requests: readonly WorkloadRequest[];
}

/** Four endpoint policies and eight resource policies of so many statements each, and requests that half of are allowed. */
export function generate(statements: number, seed: number, requests?: number): Workload;
