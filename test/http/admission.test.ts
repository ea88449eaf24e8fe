import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { admission } from '../../src/http/admission.js';
import { ProblemError } from '../../src/http/problem.js';
import { listen, problemIn, Raw, sent } from './raw.js';

/** A gate, a clock that only the test moves, and requests that are answered when the test says so. */
function crowd(limits: { readonly maxOpen: number; readonly maxDelay: number }) {
  let now = 0;
  const gate = admission(limits, () => now);
  const leaves: (() => void)[] = [];
  return {
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Whether a request gets in. */
    asks(url = '/v1/decisions'): boolean {
      const response = { socket: {}, on: (_event: string, leave: () => void) => leaves.push(leave) };
      try {
        gate({ url } as never, response as never);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
        return false;
      }
    },
    leave: () => leaves.pop()!(),
  };
}

/**
 * So many requests in one turn of the event loop, each a millisecond of work.
 * @param refusing milliseconds that it takes to turn one away
 * @returns how many got in
 */
async function inOneTurn({ asks, pass }: ReturnType<typeof crowd>, count: number, refusing = 0): Promise<number> {
  let admitted = 0;
  for (let at = 0; at < count; at++) {
    const isIn = asks();
    pass(isIn ? 1 : refusing);
    if (isIn) admitted++;
  }
  await turn();
  return admitted;
}

describe('admission', () => {
  it('gives requests only a part of each turn after one that was too long, and that one less if it has to', async () => {
    const crowded = crowd({ maxOpen: 10_000, maxDelay: 200 });
    expect(await inOneTurn(crowded, 400)).toBe(400);
    expect(await inOneTurn(crowded, 400)).toBe(101);
    // To refuse takes time too.
    expect(await inOneTurn(crowded, 400, 1)).toBe(111);
    expect(await inOneTurn(crowded, 400, 1)).toBe(56);
    expect(await inOneTurn(crowded, 400, 1)).toBe(28);
    let admitted = 0;
    for (let at = 0; at < 50; at++) admitted = await inOneTurn(crowded, 400, 0.1);
    expect(admitted).toBeGreaterThan(100);
    expect(admitted).toBeLessThan(200);
    expect(await inOneTurn(crowded, 10)).toBe(10);
    expect(await inOneTurn(crowded, 400)).toBe(400);
  });

  it('lets a hundred in, however long they take', async () => {
    const crowded = crowd({ maxOpen: 1000, maxDelay: 5 });
    for (let at = 0; at < 3; at++) expect(await inOneTurn(crowded, 100)).toBe(100);
  });

  it('turns away what is more than may be open', () => {
    const { asks, leave } = crowd({ maxOpen: 2, maxDelay: 1000 });
    expect([asks(), asks(), asks()]).toEqual([true, true, false]);
    leave();
    expect([asks(), asks()]).toEqual([true, false]);
  });

  it('never turns away a probe', async () => {
    const crowded = crowd({ maxOpen: 1, maxDelay: 1 });
    expect(crowded.asks()).toBe(true);
    const probes = ['/livez', '/readyz', '/metrics', '/readyz?verbose=true'];
    expect(probes.map(crowded.asks)).toEqual(probes.map(() => true));
    expect(['/v1/decisions', '/livez/', '/', '/docs'].map(crowded.asks)).toEqual([false, false, false, false]);
  });

  it('is a 503 that says when to come again, at both doors, and over when the others are', async () => {
    const limits = { maxOpen: 1, maxDelay: 1000, rate: null };
    const { port, stop } = await listen({ settings: { limits } });
    const first = await Raw.open(port);
    first.socket.write(POST('/v1/decisions', 9));
    await turn();
    for (const path of ['/v1/decisions', '/v1/simulations']) {
      const answer = await sent(port, POST(path, 0));
      expect(problemIn(answer)).toMatchObject({ status: 503, code: 'overloaded' });
      expect(answer).toMatch(/\r\nretry-after: 1\r\n/i);
    }
    expect(await sent(port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toContain(' 200 ');
    first.socket.destroy();
    await first.closed;
    for (let at = 0; ; at++) {
      const { status } = problemIn(await sent(port, POST('/v1/decisions', 0)));
      if (status === 400) break;
      expect([status, at]).toEqual([503, expect.toSatisfy((tries: number) => tries < 100)]);
    }
    await stop();
  });
});

it('requests that are pipelined are open as long as their connection at most', async () => {
  const limits = { maxOpen: 4, maxDelay: 1000, rate: null };
  const after = () => new Promise<never>(() => {});
  const { port, stop } = await listen({ settings: { limits }, services: { changes: { after } } });
  const isOpen = async () => problemIn(await sent(port, POST('/v1/decisions', 0))).status === 400;
  for (let round = 0; round < 3; round++) {
    const raw = await Raw.open(port);
    raw.socket.write('GET /v1/changes?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    raw.socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3));
    while (await isOpen()) await turn();
    raw.socket.destroy();
    await raw.closed;
    while (!(await isOpen())) await turn();
  }
  await stop();
});

it('as many as no client sends ahead end their connection, and nobody else is turned away', async () => {
  const limits = { maxOpen: 40, maxDelay: 1000, rate: null };
  const after = () => new Promise<never>(() => {});
  const { port, stop } = await listen({ settings: { limits }, services: { changes: { after } } });
  const waits = 'GET /v1/changes?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  for (const path of ['/nothing', '/openapi.json']) {
    const raw = await Raw.open(port);
    raw.socket.write(waits + get(path).repeat(2000));
    // By a reset, or by an end.
    await raw.closed.catch(() => {});
    expect(raw.received).toBe('');
    expect(problemIn(await sent(port, POST('/v1/decisions', 0))).status).toBe(400);
  }
  const few = await Raw.open(port);
  const all = await few.last(
    get('/livez').repeat(32) + get('/livez').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
  );
  expect(all.match(/HTTP\/1\.1 200 /g)).toHaveLength(33);
  await stop();
});

const POST = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
