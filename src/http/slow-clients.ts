import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Connection, type Connections, giveUp } from './connections.js';

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

/** Looks for which something has been on its way, and the bytes that had moved before. */
interface Seen {
  looks: number;
  readonly moved: number;
}

/**
 * Ends connections on which a request, or the reading of an answer, trickles. Node limits only how long a whole request
 * may take, and an import may take minutes; who waits for changes, with nothing on its way, may wait.
 * Counted in looks, not in time: a process that stood still has not seen its clients be slow.
 */
export function cutOffSlowClients(server: Server, connections: Connections, { every, grace, leastBytes }: Pace): void {
  const moving = new WeakMap<object, Seen>();
  const look = (socket: Socket, connection: Connection): void => {
    if (!isMoving(socket, connection)) {
      moving.delete(socket);
      return;
    }
    const moved = socket.bytesRead + socket.bytesWritten - socket.writableLength;
    const seen = moving.get(socket) ?? { looks: 0, moved };
    moving.set(socket, seen);
    seen.looks++;
    if (moved - seen.moved >= (seen.looks - grace) * leastBytes) return;
    giveUp(socket, connection.response, 'request-timeout', 'the body came too slowly');
  };
  const timer = setInterval(() => {
    for (const [socket, connection] of connections.entries()) look(socket as Socket, connection);
  }, every).unref();
  server.once('close', () => clearInterval(timer));
}

/** Whether a part of a request is still to come, or a part of an answer to be read; what we do not read yet is here. */
function isMoving(socket: Socket, { request }: Connection): boolean {
  if (socket.writableLength > 0) return true;
  return request !== undefined && !request.complete && request.readableLength === 0;
}
