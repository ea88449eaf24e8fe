import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import type { Response } from 'express';
import { ProblemError, writeProblem } from './problem.js';

/** Seconds that a request, or its answer, may take on its way however little of it there is… */
const GRACE = 10;
/** …and bytes that have to come, or go, in each second after that. */
const LEAST_RATE = 4096;

/** What is known of a connection. */
interface Connection {
  request: IncomingMessage | undefined;
  response: Response | undefined;
  /** Seconds for which something has been on its way, and the bytes that had moved before. */
  seconds: number;
  moved: number;
}

const connections = new WeakMap<Duplex, Connection>();

/**
 * Ends connections on which a request, or the reading of an answer, trickles. Node limits only how long a whole request
 * may take, and an import may take minutes; who waits for changes, with nothing on its way, may wait.
 * Looked at once a second, and counted in looks: a process that stood still has not seen its clients be slow.
 */
export function cutOffSlowClients(server: Server): void {
  const open = new Set<Socket>();
  const accept = (socket: Socket): void => {
    connections.set(socket, { request: undefined, response: undefined, seconds: 0, moved: 0 });
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
    for (const socket of open) look(socket, connections.get(socket)!);
  }, 1000).unref();
  server.once('close', () => clearInterval(timer));
}

/** Whether an answer on this connection has not been given yet, or only in part. */
export const isAnswering = (socket: Duplex): boolean => {
  const response = connections.get(socket)?.response;
  return response !== undefined && !response.writableFinished;
};

function look(socket: Socket, connection: Connection): void {
  if (!isMoving(socket, connection)) {
    connection.seconds = 0;
    return;
  }
  const moved = socket.bytesRead + socket.bytesWritten - socket.writableLength;
  if (connection.seconds++ === 0) connection.moved = moved;
  const late = connection.seconds - GRACE;
  if (late <= 0 || moved - connection.moved >= late * LEAST_RATE) return;
  const { response } = connection;
  if (response === undefined || response.headersSent) socket.destroy();
  else writeProblem(response, tooSlow);
}

const tooSlow = new ProblemError('request-timeout', `the body came slower than ${LEAST_RATE} bytes a second`, {
  headers: { Connection: 'close' },
});

/** Whether a part of a request is still to come, or a part of an answer to be read; what we do not read yet is here. */
function isMoving(socket: Socket, { request }: Connection): boolean {
  if (socket.writableLength > 0) return true;
  return request !== undefined && !request.complete && request.readableLength === 0;
}
