import { type Config, ConfigError, type Environment, readConfig, tlsFilesOf } from './config.js';
import { faultText } from './fault-text.js';
import { readCertificates } from './http/certificates.js';
import { startServer } from './server.js';
import { standardOutput } from './standard-output.js';

/** Starts a server with the settings of the environment, and ends the process on SIGTERM or SIGINT, once it is drained. */
export async function serve(env: Environment): Promise<void> {
  const config = await configOf(env);
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

/** @throws ConfigError with every fault, those of certificates too, which are read only once the settings are right */
async function configOf(env: Environment): Promise<Config> {
  try {
    return readConfig(env);
  } catch (error) {
    const files = tlsFilesOf(env);
    if (!(error instanceof ConfigError) || files === null) throw error;
    const read = await readCertificates(files);
    throw read.ok ? error : new ConfigError([...error.faults, ...read.faults]);
  }
}
