import type { Issue } from '../policy/issue.js';
import type { Caller } from './credentials.js';
import type { DecisionBody } from './decision-request.js';
import { ServiceError } from './errors.js';
import { type MethodCall, methodArn } from './method-arn.js';
import type { DecisionAnswer, Pdp } from './pdp.js';
import type { Api } from './records.js';

/** A request that has come to a gateway, and what the gateway knows of it. */
export interface GatewayCall extends MethodCall, Omit<DecisionBody, 'resource' | 'action'> {}

interface GatewayOptions extends Caller {
  /** What keeps a question from having its shape. */
  readonly shapeErrors: (question: unknown) => readonly Issue[];
}

/** Gateways' questions, put to the PDP as ours. */
export class Gateway {
  /** @param pdp the one that all decisions come from, with all that is put around it */
  constructor(
    private readonly pdp: Pick<Pdp, 'decide'>,
    private readonly api: (id: string) => Api | undefined,
  ) {}

  /** @throws ServiceError `malformed-request` for a call that is none */
  async decide(call: GatewayCall, { shapeErrors, ...caller }: GatewayOptions): Promise<DecisionAnswer> {
    const { api, region, stage, verb, path, ...known } = call;
    // Not the rest first: V8 makes a new shape for each object whose literal begins with a spread.
    const question: DecisionBody = { resource: methodArn(call, this.api), ...known };
    const faults = shapeErrors(question);
    if (faults.length > 0) throw new ServiceError('malformed-request', 'the call is malformed', faults);
    const options = { ...caller, minimal: false };
    return (await this.pdp.decide(question, options)) as DecisionAnswer;
  }
}
