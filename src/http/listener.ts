import { createServer as createHttpServer, type Server as HttpServer, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Door } from './app.js';
import { type Certificates, contextOf } from './certificates.js';
import { Connections } from './connections.js';
import { answerWhatIsNoRequest } from './no-request.js';
import { cutOffSlowClients, type Pace, usualPace } from './slow-clients.js';

interface ListenerSettings {
  readonly certificates: Certificates | null;
  /** Connections at a time; more are closed as they come. */
  readonly maxConnections: number;
}

/** Milliseconds; how fast the rest of a request, and its answer, have to go is said in `slow-clients.ts`. */
const limits: ServerOptions = {
  // With the request line. Node's own limit, stated because contracts are.
  maxHeaderSize: 16 * 1024,
  requestTimeout: 15 * 60_000,
  // Longer than load balancers keep a connection that they may send the next request on (AWS's: 60 s).
  keepAliveTimeout: 75_000,
  // The gates say it as a problem.
  requireHostHeader: false,
};

/** A server, and who is connected to it. */
export interface Listener {
  readonly server: HttpServer | HttpsServer;
  readonly connections: Connections;
}

/** A server for a door, with or without TLS, that no client can keep busy by being slow. It does not listen yet. */
export function createListener(door: Door, settings: ListenerSettings, pace: Pace = usualPace): Listener {
  const { certificates } = settings;
  const options = {
    ...door.options,
    ...limits,
    headersTimeout: pace.every * pace.grace,
    connectionsCheckingInterval: pace.every,
  };
  const server =
    certificates === null
      ? createHttpServer(options, door.listener)
      : createHttpsServer(
          {
            ...options,
            ...contextOf(certificates),
            handshakeTimeout: 10_000,
            requestCert: certificates.ca !== undefined,
            rejectUnauthorized: true,
          },
          door.listener,
        );
  // Node drops headers beyond its limit of 2,000 without a word; their bytes are limited, and the gates count them.
  server.maxHeadersCount = 0;
  server.maxConnections = settings.maxConnections;
  // Idle connections make room.
  server.on('drop', () => server.closeIdleConnections());
  // RFC 9110, section 10.1.1: an expectation that nobody knows may be ignored. Then it is a request like others.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const connections = new Connections(server);
  answerWhatIsNoRequest(server, connections);
  cutOffSlowClients(server, connections, pace);
  return { server, connections };
}
