import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Connection, type Connections, giveUp } from './connections.js';

/** How fast clients have to be. */
export interface Pace {
  /** Milliseconds between two looks. */
  readonly every: number;
  /** For so many looks in a row a request, or its answer, may be on its way however little of it moves… */
  readonly grace: number;
  /** …and in each one so many bytes have to. */
  readonly leastBytes: number;
}

/** Ten seconds, and then 4 KiB a second. */
export const usualPace: Pace = { every: 1000, grace: 10, leastBytes: 4096 };

/** The bytes that had moved at the last look, and how many fewer may move yet; to be fast at first buys no more than that. */
interface Seen {
  moved: number;
  credit: number;
}

/**
 * Ends connections on which a request, or the reading of an answer, trickles. Node limits only how long a whole request
 * may take, and an import may take minutes; a client that waits for changes, with nothing on its way, may wait.
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
    const most = grace * leastBytes;
    const seen = moving.get(socket) ?? { moved, credit: most };
    moving.set(socket, seen);
    seen.credit = Math.min(seen.credit + moved - seen.moved, most) - leastBytes;
    seen.moved = moved;
    if (seen.credit >= 0) return;
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
