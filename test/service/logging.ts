import pino from 'pino';
import { readConfig } from '../../src/config.js';
import { DecisionLog, type DecisionLogOptions } from '../../src/service/decision-log.js';
import { LineBuffer } from '../../src/service/line-buffer.js';
import { createServices } from '../../src/services.js';
import { openSqlite } from '../../src/store/sqlite.js';

/** Services in memory whose decisions are logged into a list of lines. */
export async function logging(options: Partial<DecisionLogOptions> = {}, most = 1e9) {
  let text = '';
  const sink = {
    write: async (bytes: Buffer) => {
      text += bytes.toString();
      return bytes.length;
    },
    end: async () => {},
  };
  const lines = new LineBuffer(sink, { most, told: () => {} });
  const decisionLog = new DecisionLog(lines, { masks: [], allows: 1, whenFull: 'drop', ...options });
  const { services, follower } = await createServices(await openSqlite({ memory: true }), readConfig({}), {
    log: pino({ level: 'silent' }),
    decisionLog,
    linesLost: null,
  });
  const written = async (): Promise<string[]> => {
    await lines.end();
    return text.split('\n').slice(0, -1);
  };
  return { services, follower, decisionLog, lines, written };
}

export const WRITER = { requestId: 'a writer', by: null, when: {} };
export const CALLER = { requestId: 'a caller', by: 'gateway', minimal: false };
