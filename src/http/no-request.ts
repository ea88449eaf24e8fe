import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Connections, giveUp } from './connections.js';
import { PROBLEM_TYPE, type ProblemCode, problems, problemText } from './problem.js';

/** What Node's parser gives up on, by the code of its error; anything else is a 400. */
const refusals: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['header-fields-too-large', 'the request line and the headers are larger than 16384 bytes'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['payload-too-large', 'the chunk extensions are too large'],
  HPE_INVALID_EOF_STATE: ['malformed-request', 'the connection ended before the request did'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the request did not arrive in time'],
};

/** Answers, as a problem, what never becomes a request: bytes that are not HTTP, or too many, or too late. */
export function answerWhatIsNoRequest(server: Server, connections: Connections): void {
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The parser tells of each piece that comes after the first wrong one, too.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [code, detail] = refusals[error.code ?? ''] ?? ['malformed-request', 'this is not HTTP'];
    const exchange = connections.exchangeOn(socket);
    if (exchange === undefined) endWith(socket, code, detail);
    // It is the rest of that request which is wrong.
    else if (!exchange.request.complete) giveUp(socket, exchange.response, code, detail);
    // The client would take this for the answer to the request before.
    else exchange.response.once('finish', () => endWith(socket, code, detail));
  });
  server.on('connect', (_request, socket: Duplex) => {
    // Node has let go of this socket, with all its listeners: an error that nobody hears would end the process.
    socket.on('error', () => socket.destroy());
    endWith(socket, 'method-not-allowed', 'this is no proxy: there is no CONNECT');
  });
}

/** Milliseconds for the client to read the answer, though it may still be sending. */
const LINGER = 1000;

/** The last that is said on a connection. */
function endWith(socket: Duplex, code: ProblemCode, detail: string): void {
  const { status } = problems[code];
  const body = problemText(code, detail);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  // To close a connection that bytes still come on resets it, and the answer may be lost on its way.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER).unref();
}
