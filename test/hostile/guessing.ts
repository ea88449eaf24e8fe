import { randomBytes } from 'node:crypto';
import { closedLoop } from '../bench/http/load.js';
import { ask, open, requestBytes } from '../bench/http/request.js';
import { startPostern } from '../bench/http/servers.js';
import { contentsOf } from '../bench/http/workload.js';
import { call } from '../contract/postern.js';
import { GoodClient } from './good-client.js';

interface Guessing {
  readonly statuses: ReadonlyMap<number, number>;
  readonly good: GoodClient;
}

/** Tries so many keys that are wrong, each another one, while somebody at the same address asks with one that is right. */
export async function guess(count: number, main?: { file: string; options: string[] }): Promise<Guessing> {
  const key = randomBytes(32).toString('hex');
  const settings = { POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: key, POSTERN_LOG_LEVEL: 'silent' };
  const server = await startPostern(settings, main?.options, main?.file);
  const head = { Authorization: `Bearer ${key}` };
  const { document, questions } = contentsOf(10, 1, 1000);
  const connections = await open(server.port, 16);
  await ask(connections[0]!, requestBytes('POST', '/v1/import', document, head), ({ status, body }) => {
    if (status !== 200) throw new Error(`the import was answered with ${status}: ${body}`);
  });
  const good = new GoodClient(server.port, questions, head);
  // With an `x`, which is no digit of the key: else one in 256 times the 62nd guess is right.
  const wrong = Array.from({ length: count }, (_, at) =>
    requestBytes('POST', '/v1/decisions', call(), { Authorization: `Bearer ${key.slice(0, at % 64)}x${at}` }),
  );
  const statuses = new Map<number, number>();
  let at = 0;
  await closedLoop(
    connections,
    wrong,
    () => (at < count ? at++ : undefined),
    ({ status }) => statuses.set(status, (statuses.get(status) ?? 0) + 1),
  );
  await good.stop();
  for (const connection of connections) connection.close();
  await server.stop();
  return { statuses, good };
}
