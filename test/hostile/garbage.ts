import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../oracle/generator/random.js';

/** What is sent on a connection of its own, since nobody knows where it ends; how many requests it counts as. */
interface Garbage {
  readonly requests: number;
  readonly text: (random: Random) => string | Buffer;
}

const GET = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n';
const POST = 'POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const noise = (random: Random, most: number): Buffer =>
  Buffer.from(random.times(1 + random.below(most), () => random.below(256)));

export const garbage: Readonly<Record<string, Garbage>> = {
  'random bytes': { requests: 1, text: (random) => noise(random, 2000) },
  'a TLS hello': { requests: 1, text: () => Buffer.from('1603010200010001fc0303', 'hex') },
  'pipelined garbage': {
    requests: 21,
    text: (random) => Buffer.concat([Buffer.from(`${GET}\r\n`.repeat(20)), noise(random, 200)]),
  },
  'pipelined bodies that are too short': {
    requests: 10,
    text: () => `${POST}Content-Length: 3\r\n\r\n{}${POST}Content-Length: 1\r\n\r\n{}`.repeat(5),
  },
  'a flood of headers': { requests: 1, text: () => `${GET}${'a: b\r\n'.repeat(20_000)}\r\n` },
  'a long header': { requests: 1, text: () => `${GET}a: ${'b'.repeat(100_000)}\r\n\r\n` },
  'a long URL': { requests: 1, text: () => `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n` },
  'broken chunks': {
    requests: 1,
    text: (random) =>
      `${POST}Transfer-Encoding: chunked\r\n\r\n${random.pick(['z\r\n', '-1\r\n', 'fffffffffffffffff\r\n'])}`,
  },
  'chunk extensions': {
    requests: 1,
    text: () => `${POST}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(100_000)}\r\n{\r\n0\r\n\r\n`,
  },
  'two lengths': { requests: 1, text: () => `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n` },
  'half a request': {
    requests: 1,
    text: (random) => `${POST}Content-Length: 100\r\n\r\n`.slice(0, 1 + random.below(90)),
  },
  'what is long, and not read to the end': {
    requests: 1,
    text: (random) =>
      `${random.pick(['GET', 'HEAD'])} /v1/${random.pick(['export', 'changes'])} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  },
  'a CONNECT': { requests: 1, text: () => 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n' },
  'HTTP/0.9, 1.0 and 2': {
    requests: 1,
    text: (random) =>
      random.pick(['GET /livez\r\n\r\n', 'GET /livez HTTP/1.0\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']),
  },
};

/**
 * Sends something and goes away, at once or when there was time for an answer.
 * @returns the statuses of what came back
 */
export async function throwAt(port: number, text: string | Buffer, patience: number): Promise<number[]> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve()).on('error', () => {});
  });
  socket.write(text);
  await Promise.race([closed, pause(patience)]);
  socket.destroy();
  await closed;
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** Opens so many connections on which a byte comes every now and then. @returns what ends them */
export function trickle(port: number, connections: number): () => void {
  const sockets = Array.from({ length: connections }, (_, at) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(at % 2 === 0 ? GET : `${POST}Content-Length: 100000\r\n\r\n`);
    return socket;
  });
  const timer = setInterval(() => {
    for (const [at, socket] of sockets.entries()) if (socket.writable) socket.write(at % 2 === 0 ? 'a: b\r\n' : ' ');
  }, 500);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}
