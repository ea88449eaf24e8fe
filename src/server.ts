import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { type Config, ConfigError } from './config.js';
import { createDoor } from './http/app.js';
import { CertificateWatch } from './http/certificate-watch.js';
import { type Certificates, contextOf, readCertificates } from './http/certificates.js';
import { drain } from './http/drain.js';
import { createListener } from './http/listener.js';
import type { HttpSettings } from './http/locals.js';
import { openLogs } from './logs.js';
import { Retention } from './service/retention.js';
import { warmUp } from './service/warm-up.js';
import { createServices } from './services.js';
import { standardOutput } from './standard-output.js';
import { openPostgres } from './store/postgres.js';
import { openSqlite } from './store/sqlite.js';
import { mustHaveWayIn } from './ways-in.js';

/** A running Postern. */
export interface Running {
  /** Where it listens, `http://127.0.0.1:8080`; with TLS `https`. */
  readonly address: string;
  /** Fails readiness, answers for the time that load balancers need to see it, lets open requests finish, closes the store. */
  stop(): Promise<void>;
}

/**
 * Puts the parts together: store, services, door, port.
 * @param output takes the lines of the log
 * @throws StoreError, ConfigError, or what listening throws
 */
export async function startServer(config: Config, output = standardOutput()): Promise<Running> {
  const { database, dataDir } = config;
  const certificates = await certificatesOf(config);
  const logs = await openLogs(config, output);
  const { log, requestLog } = logs;
  const store = await (database === null ? openSqlite({ directory: dataDir }) : openPostgres(database));
  try {
    const { services, follower, usage } = await createServices(store, config, logs);
    if (config.auth !== null) mustHaveWayIn(config.auth, follower.directory);
    const door = createDoor(services, { ...httpSettings(config), log, requestLog });
    if (config.auth === null && config.allowOpen)
      log.warn('open to whoever reaches this port: there is no authentication (POSTERN_ALLOW_OPEN)');
    const listener = createListener(door, { certificates, maxConnections: config.maxConnections });
    const { server } = listener;
    await warmUp();
    await listen(server, config);
    log.info({ settings: config.shown }, 'started');
    const retention = new Retention(store, config.retain, log);
    retention.start();
    follower.start();
    usage.start();
    const watch = watchCertificates(server, config, certificates, log);
    return {
      address: addressOf(server),
      async stop() {
        watch?.stop();
        services.health.drain();
        await drain(listener, config.shutdownDelay, () => services.changes.drain());
        await retention.stop();
        follower.stop();
        await usage.stop();
        await store.close();
        await logs.end();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the door is told of the settings. */
export const httpSettings = (config: Config): HttpSettings => ({
  auth: config.auth === null ? 'none' : 'required',
  allowOpen: config.allowOpen,
  publicUrl: config.publicUrl,
  tls: config.tls !== null,
  corsOrigins: config.corsOrigins,
  // Requests that wait for changes are counted, and bounded, elsewhere too.
  limits: { maxOpen: config.maxOpen + config.maxWaiting, maxDelay: config.maxDelay, rate: config.rate },
  maxBody: config.maxBody,
  maxImport: config.maxImport,
  bodyMemory: config.bodyMemory,
});

async function certificatesOf({ tls }: Config): Promise<Certificates | null> {
  if (tls === null) return null;
  const read = await readCertificates(tls);
  if (!read.ok) throw new ConfigError(read.faults);
  return read.certificates;
}

/** New certificates are for new connections: nobody who is connected notices. */
function watchCertificates(server: Server, { tls }: Config, current: Certificates | null, log: Logger) {
  if (tls === null || current === null || !(server instanceof TlsServer)) return undefined;
  const watch = new CertificateWatch(tls, current, (next) => server.setSecureContext(contextOf(next)), log);
  watch.start();
  return watch;
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (isOfHost.test(error.code ?? '')) {
        reject(new ConfigError([`POSTERN_HOST: ${host} cannot be listened on: ${error.message}`]));
        return;
      }
      // That it is taken is no fault of the settings, but another one may be written.
      error.message = `POSTERN_PORT: ${error.message}`;
      reject(error);
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** What listening fails with on an address that this machine does not have. */
const isOfHost = /^(EADDRNOTAVAIL|EAI_\w+|EINVAL|ENOTFOUND)$/;

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
