import { type Answer, Connection } from './connection.js';

/** All bytes of a request with a JSON body. */
export function requestBytes(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown, head: Head = {}): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = Object.entries({
    Host: '127.0.0.1',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    'Content-Length': String(Buffer.byteLength(text)),
    ...head,
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${text}`);
}

export type Head = Readonly<Record<string, string>>;

export const MINIMAL: Head = { Prefer: 'return=minimal' };

/** One request on a connection that is free. @returns what `read` makes of the answer */
export function ask<T>(connection: Connection, request: Buffer, read: (answer: Answer) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const answered = (answer: Answer): void => {
      try {
        resolve(read(answer));
      } catch (error) {
        reject(error);
      }
    };
    connection.send(request, answered, reject);
  });
}

/** Writes what must be accepted. @returns the revision of the write */
export function write(
  connection: Connection,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  head: Head = {},
): Promise<number> {
  return ask(connection, requestBytes(method, path, body, head), (answer) => {
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return Number(/\r\npostern-revision: (\d+)\r\n/i.exec(answer.head)?.[1]);
  });
}

export function open(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}
