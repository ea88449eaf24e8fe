import pino, { type Logger } from 'pino';
import { type Config, ConfigError } from './config.js';
import { DecisionLog } from './service/decision-log.js';
import { LineBuffer } from './service/line-buffer.js';
import { rotatingFile } from './service/rotating-file.js';

/** What a server writes to: its log, with a line for each request, and the decision log. */
export interface Logs {
  readonly log: Logger;
  /** Takes a line for each request; absent where requests are not logged. */
  readonly requestLog: ((line: string) => void) | undefined;
  /** Null: decisions are not logged. */
  readonly decisionLog: DecisionLog | null;
  /** How many lines the log had no room for. */
  readonly linesLost: () => number;
  /** Writes what there is. */
  end(): Promise<void>;
}

/** @throws ConfigError where the file of the decision log cannot be written */
export async function openLogs(config: Pick<Config, 'logLevel' | 'decisionLog'>, output: LineBuffer): Promise<Logs> {
  let lost = 0;
  const write = (line: string): void => {
    if (!output.add(line)) lost++;
  };
  const log = pino({ level: config.logLevel, base: undefined, serializers: { err: faultOf } }, { write });
  const decisionLog = await openDecisionLog(config.decisionLog, output, log);
  return {
    log,
    requestLog: log.isLevelEnabled('info') ? write : undefined,
    decisionLog,
    linesLost: () => lost,
    async end() {
      // On the standard output it ends with the rest.
      const unwritten = config.decisionLog?.file ? await decisionLog?.lines.end() : 0;
      if (unwritten) log.error({ unwritten }, 'lines of the decision log could not be written any more');
      log.info('stopped');
      await output.end();
    },
  };
}

/** An error as it is logged: without what a driver hangs on it, which may be values of a query. */
function faultOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { name, message, stack, cause } = thrown;
  return { type: name, message, stack, ...(cause !== undefined && { cause: faultOf(cause) }) };
}

async function openDecisionLog(
  config: Config['decisionLog'],
  output: LineBuffer,
  log: Logger,
): Promise<DecisionLog | null> {
  if (config === null) return null;
  if (config.file === null) return new DecisionLog(output, config);
  const told = (failure: unknown): void => {
    if (failure === null) log.info('the decision log is written again');
    else
      log.error({ reason: String(failure) }, 'the decision log cannot be written: lines are kept while there is room');
  };
  try {
    return new DecisionLog(new LineBuffer(await rotatingFile(config.file), { most: config.buffer, told }), config);
  } catch (error) {
    throw new ConfigError([`POSTERN_DECISION_LOG_FILE: it cannot be written: ${String(error)}`]);
  }
}
