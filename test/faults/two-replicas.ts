import { allowAll, api, call, endpoint } from '../contract/postern.js';
import { type Answer, Replica } from '../store/replica.js';

/** Two on one database, with an API that everybody may call. */
export interface TwoReplicas {
  readonly both: readonly [Replica, Replica];
  kill(): Promise<void>;
}

export async function startTwo(settings: Readonly<Record<string, string>>): Promise<TwoReplicas> {
  const both = [await Replica.start(settings), await Replica.start(settings)] as const;
  const [first] = both;
  await first.put('/v1/policies/resource/open', { document: allowAll });
  await first.put('/v1/endpoints/vpce-1a2b3c4d', endpoint());
  const revision = await first.put('/v1/apis/a1b2c3d4e5', api({ policy: 'open' }));
  // The policy is compiled where it is first asked for.
  for (const replica of both) await decide(replica, since(revision));
  return { both, kill: () => Promise.all(both.map((replica) => replica.kill())).then(() => {}) };
}

export const decide = (replica: Replica, headers?: Record<string, string>): Promise<Answer> =>
  replica.ask('POST', '/v1/decisions', call(), headers);

export const since = (revision: number) => ({ 'postern-min-revision': String(revision) });
