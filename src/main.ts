#!/usr/bin/env node
import { ConfigError, readConfig } from './config.js';
import { startServer } from './server.js';
import { standardOutput } from './standard-output.js';
import { StoreError } from './store/store.js';

/** Starts a server with the settings of the environment, and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const output = standardOutput();
  const server = await startServer(config, output);
  output.add(`Postern listens on ${server.address} (try ${server.address}/docs)\n`);
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** What the operator can mend is said in words; anything else with its stack. */
function fail(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof StoreError || isListenError(error);
  process.stderr.write(
    `${known ? `postern: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

const isListenError = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && error.syscall === 'listen';

main().catch(fail);
