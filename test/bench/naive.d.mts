import type { PolicyDocument } from '../../src/policy/document.js';
import type { WorkloadRequest } from './workload.mjs';

export interface NaivePolicy {
  readonly stmts: readonly unknown[];
}

export function compile(policy: PolicyDocument): NaivePolicy;

/** 0 is an implicit deny, 1 an allow, 2 an explicit deny. */
export function evalPolicy(
  policy: NaivePolicy,
  request: Pick<WorkloadRequest, 'principal' | 'action' | 'resource' | 'context'>,
): 0 | 1 | 2;

/** Whether both policies allow. */
export function decide(endpoint: NaivePolicy, resource: NaivePolicy, request: WorkloadRequest): boolean;
