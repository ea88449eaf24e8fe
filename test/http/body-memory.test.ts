import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { twoApis } from './client.js';
import { ended, listen, problemIn, Raw } from './raw.js';

const MAX_BODY = 1000;
let server: Awaited<ReturnType<typeof listen>>;

afterEach(() => server.stop());

/** A body in two pieces, with what is left of it after a while. */
const body = JSON.stringify({ document: twoApis, description: 'x'.repeat(400) });
const head = (size = body.length) =>
  'PUT /v1/policies/endpoint/two-apis HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' +
  `Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;

/** One whose body has begun to arrive in pieces. */
async function begun(): Promise<Raw> {
  const client = await Raw.open(server.port);
  for (const piece of [head() + body.slice(0, 100), body.slice(100, 200)]) {
    client.socket.write(piece);
    await pause(30);
  }
  return client;
}

it('bodies on their way take no more together than they may, and no question is refused for them', async () => {
  // Two of them: each gets room for as much again as has come, then for all of it.
  server = await listen({ settings: { maxBody: MAX_BODY, bodyMemory: 2 * MAX_BODY } });
  const others = [await begun(), await begun()];
  for (const { socket } of others) socket.write(body.slice(200, 600));
  await pause(30);
  const third = await begun();
  expect(problemIn(await third.last(''))).toEqual(ended(503, 'overloaded'));
  expect(third.received).toMatch(/\r\nRetry-After: 1\r\n/);
  const whole = await Raw.open(server.port);
  expect(await whole.last(head() + body)).toMatch(/^HTTP\/1\.1 201 /);
  for (const other of others) expect(await other.last(body.slice(600))).toMatch(/^HTTP\/1\.1 20[01] /);
});

it('what they took is free again when they have come, were refused, or end midway', async () => {
  server = await listen({ settings: { maxBody: MAX_BODY, bodyMemory: MAX_BODY } });
  for (const end of ['come', 'refused', 'gone', 'come', 'gone', 'refused', 'come']) {
    const client = await begun();
    if (end === 'gone') {
      client.socket.destroy();
      await client.closed;
      await pause(30);
    } else if (end === 'come') {
      expect(await client.last(body.slice(200))).toMatch(/^HTTP\/1\.1 20[01] /);
    } else {
      client.socket.destroy();
      const tooLarge = await Raw.open(server.port);
      tooLarge.socket.write(
        `${head().replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')}64\r\n${'x'.repeat(100)}\r\n`,
      );
      await pause(30);
      expect(problemIn(await tooLarge.last(`3e8\r\n${'x'.repeat(1000)}\r\n0\r\n\r\n`))).toMatchObject({ status: 413 });
    }
  }
});
