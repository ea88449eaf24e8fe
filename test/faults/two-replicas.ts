import { allowAll, api, call, endpoint } from '../contract/postern.js';
import { type Answer, Replica } from '../store/replica.js';

/** Two on one database, with an API that everybody may call. */
export interface TwoReplicas {
  readonly both: readonly [Replica, Replica];
  kill(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

export async function startTwo(settings: Settings): Promise<TwoReplicas> {
  const both = [await startOpen(settings), await Replica.start(settings)] as const;
  await decide(both[1]);
  return { both, kill: () => Promise.all(both.map((replica) => replica.kill())).then(() => {}) };
}

/** One that has an API that everybody may call, and has compiled its policy. */
export async function startOpen(settings: Settings): Promise<Replica> {
  const replica = await Replica.start(settings);
  await replica.put('/v1/policies/resource/open', { document: allowAll });
  await replica.put('/v1/endpoints/vpce-1a2b3c4d', endpoint());
  await replica.put('/v1/apis/a1b2c3d4e5', api({ policy: 'open' }));
  await decide(replica);
  return replica;
}

export const decide = (replica: Replica, headers?: Record<string, string>): Promise<Answer> =>
  replica.ask('POST', '/v1/decisions', call(), headers);

export const since = (revision: number) => ({ 'postern-min-revision': String(revision) });
