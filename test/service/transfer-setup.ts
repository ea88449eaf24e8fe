import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CompiledPolicies } from '../../src/service/compiled-policies.js';
import type { DecisionBody } from '../../src/service/decision-request.js';
import { Follower } from '../../src/service/follower.js';
import type { AwsOutput } from '../../src/service/import-aws.js';
import { Pap } from '../../src/service/pap.js';
import { Pdp } from '../../src/service/pdp.js';
import { apiAdministration, endpointAdministration } from '../../src/service/record-administration.js';
import { withServiceErrors } from '../../src/service/store-errors.js';
import { Transfer } from '../../src/service/transfer.js';
import { Writer } from '../../src/service/writer.js';
import { openSqlite } from '../../src/store/sqlite.js';

export const LIMITS = { endpoint: 20_480, resource: 8192, identity: 10_240 };

export const PUT = { when: {}, by: null };
export const FOR_REAL = { dryRun: false, by: null };
export const DRY = { dryRun: true, by: null };
export const MERGE = { ...FOR_REAL, prune: false };
export const PRUNE = { ...FOR_REAL, prune: true };
export const AWS = { ...FOR_REAL, strict: false, dedupe: false };

/** An empty store, and the services around it. */
export async function openServices() {
  const store = withServiceErrors(await openSqlite({ memory: true }));
  const follower = await Follower.of(store, { maxStaleness: 0, log: { info: () => {}, warn: () => {} } });
  const { directory } = follower;
  const writer = new Writer(store, follower);
  const compiled = new CompiledPolicies((digest) => store.document(digest), 64 * 1024 * 1024);
  const options = { limits: LIMITS, requireIdentityPolicies: false, maxBatch: 1000, now: () => Date.UTC(2026, 0, 1) };
  return {
    store,
    directory,
    transfer: new Transfer(store, directory, writer, LIMITS),
    policies: new Pap(store, directory, writer, LIMITS),
    endpoints: endpointAdministration(directory, writer),
    apis: apiAdministration(directory, writer),
    pdp: new Pdp(directory, compiled, store, options),
  };
}

export type Services = Awaited<ReturnType<typeof openServices>>;

export async function exported({ transfer }: Pick<Services, 'transfer'>): Promise<string> {
  let text = '';
  for await (const piece of transfer.export().value) text += piece;
  return text;
}

/** What a decision rests on, without what is different each time. */
export async function decided({ pdp }: Services, body: DecisionBody) {
  const { decisionId: _, revision: __, ...decision } = await pdp.decide(body, { minimal: false });
  return decision;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../cases/aws/${name}.json`, import.meta.url), 'utf8'));

/** What the AWS CLI printed of an account: a fresh copy, to be bent. */
export const awsOutput = () =>
  ({
    accountId: '123412341234',
    region: 'us-east-1',
    vpcEndpoints: read('describe-vpc-endpoints') as { VpcEndpoints: Record<string, unknown>[] },
    restApis: read('get-rest-apis') as { items: Record<string, unknown>[] },
    resources: read('get-resources') as Record<string, { items: Record<string, unknown>[] }>,
  }) satisfies AwsOutput;

/** How often the event loop turned while `work` was done: how often anything else could run. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let running = true;
  const counting = (async () => {
    for (; running; turns++) await setImmediate();
  })();
  await work();
  running = false;
  await counting;
  return turns;
}
