import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import type { ReplayAnswer } from '../service/replay.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Judge } from './judge.js';
import type { Server } from './server.js';

/** A Postern over the network. */
export function serverJudge(server: Server): Judge {
  const decision = async (path: string, body: object): Promise<DecisionAnswer> => {
    const answer = await server.ask<DecisionAnswer>({ method: 'POST', path, body });
    if ((answer?.decision === 'Allow' || answer?.decision === 'Deny') && Array.isArray(answer.policies)) return answer;
    throw new Failure(EXIT.noAnswer, `${server.address} answers what is no decision: is it a Postern?`);
  };
  return {
    decide: (body) => decision('/v1/decisions', body),
    explain: (body) => decision('/v1/decisions/explain', body) as Promise<ExplanationAnswer>,
    simulate: (body) => decision('/v1/simulations', body),
    async replay(lines, most) {
      const answer = await server.ask<ReplayAnswer>({
        method: 'POST',
        path: `/v1/replay?limit=${most}`,
        text: lines.join('\n'),
        headers: { 'content-type': 'application/x-ndjson' },
      });
      if (isReplay(answer)) return answer;
      throw new Failure(EXIT.noAnswer, `${server.address} answers what is no replay: is it a Postern?`);
    },
    close: async () => {},
  };
}

const isReplay = (answer: Partial<ReplayAnswer> | null): boolean =>
  Number.isInteger(answer?.entries) &&
  typeof answer?.counts === 'object' &&
  Array.isArray(answer.changes) &&
  Array.isArray(answer.notReplayable);
