import type { PolicyDocument } from '../../../src/policy/document.js';
import { largest } from '../../decision/largest.js';
import { median } from '../median.js';
import { decisionsOf } from './answers.js';
import type { Connection } from './connection.js';
import { closedLoop } from './load.js';
import { ask, MINIMAL, open, requestBytes, write } from './request.js';
import { startPostern } from './servers.js';

/** Milliseconds that other requests had to wait at most while largest legal policies were handled. */
export interface Stalls {
  /** What the policies are made of. */
  readonly name: string;
  readonly written: Stall;
  readonly compiled: Stall;
}

interface Stall {
  readonly median: number;
  /** Of the rounds; the first of a process is among them, when nothing is optimised yet. */
  readonly longest: number;
}

const LIMITS = { endpoint: 20_480, resource: 8192 } as const;

/**
 * Stores a largest legal endpoint policy and a resource policy, then asks the first question that they judge, for which
 * they are compiled; meanwhile somebody else asks small questions, one after the other, of other policies.
 */
export async function measureStalls(rounds: number): Promise<Stalls[]> {
  const server = await startPostern();
  const [writer, other] = (await open(server.port, 2)) as [Connection, Connection];
  await write(writer, 'POST', '/v1/import', records);
  const light = new LightLoad(other);
  const seen = Object.keys(largest).map((name) => ({ name, written: [] as number[], compiled: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { name, written, compiled } of seen) {
      const { endpointPolicy, resourcePolicy } = largest[name]!;
      const put = (kind: keyof typeof LIMITS, document: object) =>
        write(writer, 'PUT', `/v1/policies/${kind}/large`, {
          document: unseen(document as PolicyDocument, LIMITS[kind], `${name} ${round}`),
        });
      written.push(
        await light.longestDuring(async () => {
          await put('endpoint', endpointPolicy);
          await put('resource', resourcePolicy);
        }),
      );
      compiled.push(await light.longestDuring(() => ask(writer, question('large'), decisionsOf)));
    }
  }
  await light.stop();
  await server.stop();
  return seen.map(({ name, written, compiled }) => ({ name, written: stallOf(written), compiled: stallOf(compiled) }));
}

const stallOf = (times: readonly number[]): Stall => ({ median: median(times), longest: Math.max(...times) });

/** The document as one that was never compiled. */
function unseen({ Version, Statement }: PolicyDocument, limit: number, Id: string): object {
  const document = { Version, Id, Statement };
  if (JSON.stringify(document).length <= limit || !Array.isArray(Statement)) return document;
  return unseen({ Version, Statement: Statement.slice(0, -1) }, limit, Id);
}

const everything = {
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }],
};
const both = ['large', 'small'] as const;
const records = {
  formatVersion: 1,
  policies: both.flatMap((name) =>
    (['endpoint', 'resource'] as const).map((kind) => ({ kind, name, document: everything })),
  ),
  endpoints: both.map((policy) => ({ endpointId: `vpce-${policy}`, vpcId: 'vpc-1a2b3c4d', policy })),
  // The API of the largest policies' statements.
  apis: both.map((policy) => ({
    apiId: policy === 'large' ? 'a1b2c3d4e5' : policy,
    accountId: '123412341234',
    region: 'us-east-1',
    policy,
    authorizationType: 'AWS_IAM',
  })),
};

const question = (name: 'large' | 'small'): Buffer =>
  requestBytes(
    'POST',
    '/v1/decisions',
    {
      principal: 'arn:aws:iam::123412341234:user/alice',
      resource: `arn:aws:execute-api:us-east-1:123412341234:${name === 'large' ? 'a1b2c3d4e5' : name}/prod/GET/pets`,
      endpoint: `vpce-${name}`,
    },
    MINIMAL,
  );

/** Somebody who asks one small question after the other, and remembers how long an answer took at most. */
class LightLoad {
  #stopped = false;
  #asked = 0;
  #longest = 0;
  #answered: (() => void) | undefined;
  readonly #end: Promise<void>;

  constructor(connection: Connection) {
    const next = (): number | undefined => {
      this.#asked = performance.now();
      return this.#stopped ? undefined : 0;
    };
    this.#end = closedLoop([connection], [question('small')], next, () => {
      this.#longest = Math.max(this.#longest, performance.now() - this.#asked);
      this.#answered?.();
    });
  }

  /** Counts a question that was asked before it ended and answered later, but none that was answered before. */
  async longestDuring(job: () => Promise<unknown>): Promise<number> {
    await this.#answer();
    this.#longest = 0;
    await job();
    await this.#answer();
    return this.#longest;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#end;
  }

  #answer(): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }
}
