import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import type { Response } from 'express';
import { type ProblemCode, ProblemError, writeProblem } from './problem.js';

/** What came last on a connection. */
export interface Connection {
  request?: IncomingMessage;
  response?: Response;
}

/** The connections of a server, each with its last request: what Node tells of a connection does not say that. */
export class Connections {
  readonly #open = new Map<Duplex, Connection>();
  #keep = true;

  constructor(server: Server) {
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.set(socket, {});
      socket.once('close', () => this.#open.delete(socket));
    });
    server.prependListener('request', (request, response) => {
      const connection = this.#open.get(request.socket);
      if (connection === undefined) return;
      connection.request = request;
      connection.response = response as Response;
      response.shouldKeepAlive &&= this.#keep;
    });
  }

  /** From now on every answer, also to what is being answered, is the last on its connection, and says so. */
  keepNone(): void {
    this.#keep = false;
    for (const { response } of this.#open.values()) if (response) response.shouldKeepAlive = false;
  }

  /** What is on a connection: a request, the answer to which is not given yet, or only in part. */
  exchangeOn(socket: Duplex): Required<Connection> | undefined {
    const { request, response } = this.#open.get(socket) ?? {};
    if (request === undefined || response === undefined || response.writableFinished) return undefined;
    return { request, response };
  }

  entries(): Iterable<[Duplex, Connection]> {
    return this.#open;
  }
}

/** Ends a connection; whoever has not begun to be answered is told why. */
export function giveUp(socket: Duplex, response: Response | undefined, code: ProblemCode, detail: string): void {
  if (response === undefined || response.headersSent) {
    socket.destroy();
    return;
  }
  // Node forgets a request once it is answered, and whoever reads the rest of it would wait for ever.
  response.once('close', () => response.req.destroy(new Error(detail)));
  writeProblem(response, new ProblemError(code, detail, { headers: { Connection: 'close' } }));
}
