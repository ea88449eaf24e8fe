import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../src/config.js';
import { createDoor } from '../../src/http/app.js';
import { createServices } from '../../src/services.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { settings } from '../http/stub.js';

/** A Postern with an empty store on a port of its own. @param env settings of who may ask */
export async function serve(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly address: string; close(): void }> {
  const config = readConfig(env);
  const { services } = await createServices(await openSqlite({ memory: true }), config);
  const auth = config.auth === null ? 'none' : 'required';
  const { options, listener } = createDoor(services, { ...settings, auth, log: { error: () => {} } });
  const server = createServer(options, listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
