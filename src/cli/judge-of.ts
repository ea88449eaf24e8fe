import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Judge } from './judge.js';
import type { Server } from './server.js';
import { serverJudge } from './server-judge.js';
import type { Terminal } from './terminal.js';

/**
 * Who answers where the options say so.
 * @param store a store document for this process to judge by
 * @throws Failure
 */
export async function judgeOf(terminal: Terminal, server: Server | null, store: string | undefined): Promise<Judge> {
  if (server !== null && store !== undefined) {
    throw new Failure(EXIT.unusable, '--server and --store are two answers to one question: leave one out');
  }
  if (server !== null) return serverJudge(server);
  // Half a second of loading, which a client of a server need not wait for.
  const { offlineJudge } = await import('./offline-judge.js');
  return offlineJudge(terminal, store);
}
