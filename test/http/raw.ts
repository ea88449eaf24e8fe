import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createDoor } from '../../src/http/app.js';
import { createListener } from '../../src/http/listener.js';
import type { HttpSettings } from '../../src/http/locals.js';
import type { Pace } from '../../src/http/slow-clients.js';
import { type Stub, settings, stub } from './stub.js';

/** The whole listener, on a port, with a stub behind it. */
export async function listen(
  options: {
    readonly settings?: Partial<HttpSettings>;
    readonly services?: Partial<Stub>;
    readonly maxConnections?: number;
    readonly pace?: Pace;
  } = {},
) {
  const logged: object[] = [];
  const log = { error: (context: object) => logged.push(context) };
  const door = createDoor({ ...stub(), ...options.services }, { ...settings, ...options.settings, log });
  const limits = { certificates: null, maxConnections: options.maxConnections ?? 100 };
  const listener = createListener(door, limits, options.pace);
  const { server } = listener;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, logged, listener, stop: () => stopped(server) };
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A connection that sends whatever it is told, and keeps what comes back. */
export class Raw {
  received = '';
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (piece) => {
      this.received += piece.toString('latin1');
    });
    socket.on('error', () => {});
    this.closed = once(socket, 'close');
  }

  static async open(port: number): Promise<Raw> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Raw(socket);
  }

  /** Sends, and waits for the end of the connection. @returns all that came back */
  async last(text: string | Buffer): Promise<string> {
    this.socket.write(text);
    await this.closed;
    return this.received;
  }
}

/** Sends something on a connection of its own. @returns what comes back until the server closes it */
export async function sent(port: number, text: string | Buffer): Promise<string> {
  return await (await Raw.open(port)).last(text);
}

/** Status, type, code and whether the connection is over, of the last answer. */
export function problemIn(received: string) {
  const answer = received.slice(received.lastIndexOf('HTTP/1.1 '));
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`\r\n${name}: ([^\r]*)`, 'i').exec(head)?.[1];
  return {
    status: Number(answer.slice(9, 12)),
    type: header('content-type')?.split(';')[0],
    code: JSON.parse(body).code,
    connection: header('connection'),
  };
}

export const ended = (status: number, code: string) => ({
  status,
  type: 'application/problem+json',
  code,
  connection: 'close',
});
