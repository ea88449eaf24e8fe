import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { drain } from '../../src/http/drain.js';
import { listen, Raw, sent } from './raw.js';

const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n';
const WAIT = 'GET /v1/changes?wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\n';
const connectionsIn = (received: string) =>
  [...received.matchAll(/\r\nConnection: ([^\r]*)/gi)].map(([, said]) => said);

it('takes leave of every connection before it is closed', async () => {
  let closing = false;
  const after = async () => {
    while (!closing) await pause(5);
    return { revision: 1, value: { changes: [], revision: 1 } };
  };
  const { port, listener } = await listen({ services: { changes: { after } } });
  const [kept, waiting] = [await Raw.open(port), await Raw.open(port)];
  kept.socket.write(LIVEZ);
  waiting.socket.write(WAIT);
  await pause(100);

  const drained = drain(listener, 500, () => {
    closing = true;
  });
  // It was here, and is told with its next answer; who was not is answered, too.
  expect(connectionsIn(await kept.last(LIVEZ))).toEqual(['keep-alive', 'close']);
  expect(connectionsIn(await sent(port, LIVEZ))).toEqual(['close']);
  // What waits for something goes on waiting, or it would come again at once.
  expect([closing, waiting.received]).toEqual([false, '']);
  await waiting.closed;
  expect([closing, connectionsIn(waiting.received)]).toEqual([true, ['close']]);
  await drained;
  await expect(Raw.open(port)).rejects.toThrow('ECONNREFUSED');
});
