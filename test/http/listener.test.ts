import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ended, listen, problemIn, Raw, sent } from './raw.js';

/** So fast that a test can wait for the slow. */
const pace = { every: 50, grace: 6, leastBytes: 1000 };
const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
});

async function listening(options: Parameters<typeof listen>[0] = {}) {
  const server = await listen(options);
  stop = server.stop;
  return server;
}

describe('what is no request', () => {
  it.each([
    ['garbage', 'garbage\r\n\r\n', 400, 'malformed-request'],
    ['TLS', Buffer.from('16030100', 'hex'), 400, 'malformed-request'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed-request'],
    ['a broken header', `${LIVEZ}a b: c\r\n\r\n`, 400, 'malformed-request'],
    ['two lengths', `${LIVEZ}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400, 'malformed-request'],
    ['length and chunks', `${LIVEZ}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, 'malformed-request'],
    ['a header of 20 KB', `${LIVEZ}a: ${'b'.repeat(20_000)}\r\n\r\n`, 431, 'header-fields-too-large'],
    ['headers of 64 KB', `${LIVEZ}${'a: b\r\n'.repeat(11_000)}\r\n`, 431, 'header-fields-too-large'],
    [
      'a URL of 20 KB',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      431,
      'header-fields-too-large',
    ],
    ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405, 'method-not-allowed'],
  ])('%s is answered with a problem, and the connection closed', async (_what, text, status, code) => {
    const { port } = await listening();
    expect(problemIn(await sent(port, text))).toEqual(ended(status, code));
  });

  it('and is gone before it is answered harms nobody', async () => {
    const { port } = await listening();
    for (const text of ['CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 'garbage\r\n\r\n', LIVEZ]) {
      const raw = await Raw.open(port);
      raw.socket.pause().write(text);
      await pause(20);
      raw.socket.resetAndDestroy();
    }
    await pause(100);
    expect(await sent(port, `${LIVEZ}Connection: close\r\n\r\n`)).toContain(' 200 ');
  });

  it('after a request leaves that one its answer', async () => {
    const { port } = await listening();
    const received = await sent(port, `${LIVEZ}\r\ngarbage\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(problemIn(received)).toEqual(ended(400, 'malformed-request'));
  });

  it('is answered after the request before it, however long that takes', async () => {
    const after = async () => {
      await pause(300);
      return { revision: 1, value: { changes: [], revision: 1 } };
    };
    const { port } = await listening({ services: { changes: { after } } });
    const raw = await Raw.open(port);
    raw.socket.write('GET /v1/changes?wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\ngarbage\r\n\r\n');
    await pause(100);
    expect(raw.received).toBe('');
    const received = await raw.last('more garbage\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(received.match(/HTTP\/1.1/g)?.length).toBe(2);
    expect(problemIn(received)).toEqual(ended(400, 'malformed-request'));
  });
});

describe('a request that does not end', () => {
  const begun = `POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;

  it('since the client has nothing more to say is a 400', async () => {
    const { port } = await listening();
    const raw = await Raw.open(port);
    raw.socket.end(`${begun}Content-Length: 9\r\n\r\n{`);
    await raw.closed;
    expect(problemIn(raw.received)).toEqual(ended(400, 'malformed-request'));
  });

  it('but goes on with nonsense is a 400', async () => {
    const { port } = await listening();
    expect(problemIn(await sent(port, `${begun}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nnonsense`))).toEqual(
      ended(400, 'malformed-request'),
    );
  });
});

describe('the head of a request', () => {
  const CLOSE = 'Connection: close\r\n\r\n';
  it.each([
    ['a URL of 9 KB', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: localhost\r\n`, 414, 'uri-too-long'],
    ['101 headers', `${LIVEZ}${'a: b\r\n'.repeat(99)}`, 431, 'header-fields-too-large'],
    ['no host', 'GET /livez HTTP/1.1\r\n', 400, 'malformed-request'],
    ['two hosts', `${LIVEZ}host: other\r\n`, 400, 'malformed-request'],
    ['two keys', `${LIVEZ}Authorization: Bearer a\r\nauthorization: Bearer b\r\n`, 400, 'malformed-request'],
  ])('with %s is a problem', async (_what, head, status, code) => {
    const { port } = await listening();
    expect(problemIn(await sent(port, head + CLOSE))).toEqual(ended(status, code));
  });

  it.each([
    ['98 others', 'a: b\r\n'.repeat(97)],
    ['an expectation that nobody knows', 'Expect: wonders\r\n'],
    ['an upgrade that nobody knows', 'Upgrade: wonders\r\nConnection: upgrade\r\n'],
  ])('may have %s', async (_what, more) => {
    const { port } = await listening();
    expect(await sent(port, LIVEZ + more + CLOSE)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  it('is answered without saying what answers', async () => {
    const { port } = await listening();
    for (const text of [`${LIVEZ}${CLOSE}`, 'garbage\r\n\r\n']) {
      expect(await sent(port, text)).not.toMatch(/\r\n(server|x-powered-by|via):/i);
    }
  });
});

describe('who is slow', () => {
  const POST = 'POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

  /** Sends a piece after the other until the connection ends. @returns how long that took, in looks */
  async function trickle(port: number, first: string, piece: string): Promise<{ looks: number; received: string }> {
    const raw = await Raw.open(port);
    const start = performance.now();
    raw.socket.write(first);
    const timer = setInterval(() => raw.socket.write(piece), pace.every / 2);
    await raw.closed;
    clearInterval(timer);
    return { looks: (performance.now() - start) / pace.every, received: raw.received };
  }

  it('with the headers is cut off', async () => {
    const { port } = await listening({ pace });
    const { looks, received } = await trickle(port, LIVEZ, 'a: b\r\n');
    expect(problemIn(received)).toEqual(ended(408, 'request-timeout'));
    expect(looks).toBeGreaterThan(pace.grace - 2);
  });

  it('and says nothing at all is cut off', async () => {
    const { port } = await listening({ pace });
    const { received } = await trickle(port, '', '');
    expect(problemIn(received)).toEqual(ended(408, 'request-timeout'));
  });

  it.each([
    ['a body', `${POST}Content-Length: 100000\r\n\r\n`, ' '],
    ['chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    ['a body after a question', `${POST}Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n`, ' '],
    ['a body after a question that nobody knows', `${POST}Expect: x\r\nContent-Length: 100000\r\n\r\n`, ' '],
  ])('with %s is cut off', async (_what, head, piece) => {
    const { port, logged } = await listening({ pace });
    const { looks, received } = await trickle(port, head, piece);
    expect(logged).toEqual([]);
    expect(problemIn(received)).toEqual(ended(408, 'request-timeout'));
    expect(looks).toBeGreaterThan(pace.grace - 2);
  });

  it('with a body that is not wanted is cut off', async () => {
    const { port } = await listening({ pace });
    const head = POST.replace('/v1/decisions', '/nothing');
    const { received } = await trickle(port, `${head}Content-Length: 100000\r\n\r\n`, ' ');
    expect(received).toMatch(/^HTTP\/1.1 404 /);
  });

  it('after a fast beginning is cut off no later', async () => {
    const { port } = await listening({ pace });
    const raw = await Raw.open(port);
    raw.socket.write(`${POST}Content-Length: 1000000\r\n\r\n`);
    await pause(2 * pace.every);
    raw.socket.write(' '.repeat(900_000));
    const start = performance.now();
    await raw.closed;
    expect(problemIn(raw.received)).toEqual(ended(408, 'request-timeout'));
    expect((performance.now() - start) / pace.every).toBeLessThan(2 * pace.grace + 4);
  });

  it('but fast enough is not', async () => {
    const { port } = await listening({ pace });
    const raw = await Raw.open(port);
    const body = Buffer.alloc(40_000, ' ');
    raw.socket.write(`${POST}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
    for (let at = 0; at < body.length; at += 1000) {
      raw.socket.write(body.subarray(at, at + 1000));
      await pause(pace.every / 2);
    }
    await raw.closed;
    expect(problemIn(raw.received)).toEqual(ended(400, 'malformed-request'));
  });

  it('to read an answer is cut off', async () => {
    const text = (async function* () {
      for (;;) yield 'x'.repeat(100_000);
    })();
    const transfer = { export: () => ({ revision: 1, value: text }) } as never;
    const { port } = await listening({ pace, services: { transfer } });
    const raw = await Raw.open(port);
    raw.socket.pause();
    raw.socket.write('GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await pause(pace.every * (pace.grace + 10));
    raw.socket.resume();
    await raw.closed;
    expect(raw.received).toMatch(/^HTTP\/1.1 200 /);
  });

  it('since we are is not: who waits for changes may', async () => {
    const after = async () => {
      await pause(pace.every * pace.grace * 3);
      return { revision: 1, value: { changes: [], revision: 1 } };
    };
    const { port } = await listening({ pace, services: { changes: { after } } });
    const received = await sent(
      port,
      'GET /v1/changes?wait=30 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(received).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('connections', () => {
  it('that are too many are closed, and idle ones for those that come after', async () => {
    const { port } = await listening({ maxConnections: 2 });
    const idle = [await Raw.open(port), await Raw.open(port)];
    for (const each of idle) each.socket.write(`${LIVEZ}\r\n`);
    await pause(200);
    expect(idle.map(({ received }) => received.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(await sent(port, `${LIVEZ}\r\n`)).toBe('');
    await Promise.all(idle.map(({ closed }) => closed));
    expect(await sent(port, `${LIVEZ}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });
});
