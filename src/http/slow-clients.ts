import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import type { Response } from 'express';
import { ProblemError, writeProblem } from './problem.js';

/** How fast clients have to be. */
export interface Pace {
  /** Milliseconds between two looks. */
  readonly every: number;
  /** For so many looks a request, or its answer, may be on its way however little of it moves… */
  readonly grace: number;
  /** …and in each one after that so many bytes have to. */
  readonly leastBytes: number;
}

/** Ten seconds, and then 4 KiB a second. */
export const usualPace: Pace = { every: 1000, grace: 10, leastBytes: 4096 };

/** What is known of a connection. */
interface Connection {
  request: IncomingMessage | undefined;
  response: Response | undefined;
  /** Looks for which something has been on its way, and the bytes that had moved before. */
  looks: number;
  moved: number;
}

const connections = new WeakMap<Duplex, Connection>();

/**
 * Ends connections on which a request, or the reading of an answer, trickles. Node limits only how long a whole request
 * may take, and an import may take minutes; who waits for changes, with nothing on its way, may wait.
 * Counted in looks, not in time: a process that stood still has not seen its clients be slow.
 */
export function cutOffSlowClients(server: Server, pace: Pace): void {
  const open = new Set<Socket>();
  const accept = (socket: Socket): void => {
    connections.set(socket, { request: undefined, response: undefined, looks: 0, moved: 0 });
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', accept);
  server.prependListener('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.request = request;
    connection.response = response as Response;
  });
  const timer = setInterval(() => {
    for (const socket of open) look(socket, connections.get(socket)!, pace);
  }, pace.every).unref();
  server.once('close', () => clearInterval(timer));
}

/** The answer that is being given on a connection, or has still to be. */
export const openAnswer = (socket: Duplex): Response | undefined => {
  const response = connections.get(socket)?.response;
  return response?.writableFinished ? undefined : response;
};

function look(socket: Socket, connection: Connection, { grace, leastBytes }: Pace): void {
  if (!isMoving(socket, connection)) {
    connection.looks = 0;
    return;
  }
  const moved = socket.bytesRead + socket.bytesWritten - socket.writableLength;
  if (connection.looks++ === 0) connection.moved = moved;
  const late = connection.looks - grace;
  if (late <= 0 || moved - connection.moved >= late * leastBytes) return;
  const { response } = connection;
  if (response === undefined || response.headersSent) socket.destroy();
  else writeProblem(response, tooSlow);
}

const tooSlow = new ProblemError('request-timeout', 'the body came too slowly', {
  headers: { Connection: 'close' },
});

/** Whether a part of a request is still to come, or a part of an answer to be read; what we do not read yet is here. */
function isMoving(socket: Socket, { request }: Connection): boolean {
  if (socket.writableLength > 0) return true;
  return request !== undefined && !request.complete && request.readableLength === 0;
}
