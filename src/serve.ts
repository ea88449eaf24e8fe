import { readConfig } from './config.js';
import { faultText } from './fault-text.js';
import { startServer } from './server.js';
import { standardOutput } from './standard-output.js';

/** Starts a server with the settings of the environment, and ends the process on SIGTERM or SIGINT, once it is drained. */
export async function serve(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(env);
  const output = standardOutput();
  const server = await startServer(config, output);
  output.add(`Postern listens on ${server.address} (try ${server.address}/docs)\n`);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${faultText(error)}\n`);
        process.exit(1);
      },
    );
  };
  // Not `once`: the second signal would end the process at once, and Ctrl-C comes twice where npm passes it on.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
