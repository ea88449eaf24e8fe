import { setTimeout as sleep } from 'node:timers/promises';
import { api, endpoint } from '../contract/postern.js';
import type { Replica } from '../store/replica.js';
import { since } from './two-replicas.js';

/** Policies of a generation name it in every statement. */
const policyOf = (generation: number) => ({
  Statement: [
    {
      Sid: `g${generation}`,
      Effect: 'Allow',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: '*',
    },
  ],
});

/**
 * What a writer makes of a store: one generation of policies after the other, always the endpoint's and the API's at once,
 * through each of the replicas in turn. Which generation a revision has is known when its write has been acknowledged.
 */
export class History {
  /** The newest revision that was acknowledged. */
  revision = 0;
  readonly #generations = new Map<number, number>();

  get length(): number {
    return this.#generations.size;
  }

  /** Writes the next generation, whole. */
  async write(replica: Replica): Promise<number> {
    const generation = this.#generations.size;
    const document = policyOf(generation);
    const policies = (['endpoint', 'resource'] as const).map((kind) => ({ kind, name: 'written', document }));
    const imported = { formatVersion: 1, policies, ...RECORDS };
    // A replica that has not heard of the write before this one would take it for one at the same moment.
    const { status, body } = await replica.ask('POST', '/v1/import', imported, since(this.revision));
    if (status !== 200) throw new Error(`import: ${status} ${JSON.stringify(body)}`);
    this.#generations.set(body.revision, generation);
    this.revision = Math.max(this.revision, body.revision);
    return body.revision;
  }

  /** What is wrong with a decision, if anything: its statements must be those of the revision that it names. */
  faultOf({ revision, determining }: Decided): string | undefined {
    const expected = `g${this.#generations.get(revision)}`;
    const sids = determining.map(({ sid }) => sid);
    return sids.length === 2 && sids.every((sid) => sid === expected)
      ? undefined
      : `revision ${revision} is ${expected}, decided by ${sids}`;
  }
}

const RECORDS = {
  endpoints: [{ endpointId: 'vpce-1a2b3c4d', ...endpoint({ policy: 'written' }) }],
  apis: [{ apiId: 'a1b2c3d4e5', ...api({ policy: 'written' }) }],
};

/** Of an answer, what it was decided by. */
export interface Decided {
  readonly revision: number;
  readonly determining: readonly { readonly sid: string }[];
}

/** Does one thing after the other until the time is up. @param pause milliseconds between them */
export async function until(end: number, pause: number, work: () => Promise<unknown>): Promise<void> {
  while (performance.now() < end) {
    await work();
    await sleep(pause);
  }
}
