import { expect } from 'vitest';
import { call, endpoint, type Postern, ready, stored } from './postern.js';

type Body = string | Uint8Array<ArrayBuffer>;

/** A Postern on a port, whose work is measured. */
export interface Timed {
  readonly served: Postern;
  quickest(method: string, path: string, body: Body, bound: number): Promise<Answer>;
}

/** An answer and the work that it took: in milliseconds of this process, or what passed, if that is less. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
  readonly size: number;
  readonly time: number;
}

export async function timed(): Promise<Timed> {
  const served = await ready();
  const base = `http://127.0.0.1:${served.port}`;
  // The first of its kind compiles; what is measured comes later.
  for (let n = 0; n < 20; n++) await sent('POST', `${base}/v1/decisions`, JSON.stringify(call()));
  return {
    served,
    quickest: (method, path, body, bound) => quickest(method, base + path, body, bound),
  };
}

/** After whatever was asked the service goes on answering, and nothing was a bug. */
export async function goesOn({ served, quickest }: Timed): Promise<void> {
  await stored(served, 'endpoints/after', endpoint());
  expect((await served.http.get('/v1/endpoints/after')).status).toBe(200);
  expect((await served.http.get('/readyz')).status).toBe(200);
  const answer = await quickest('POST', '/v1/decisions', JSON.stringify(call()), 10);
  expect(answer.body).toMatchObject({ decision: 'Allow', reason: 'ALLOWED' });
  expect(answer.time).toBeLessThan(10);
  expect(served.logged).toEqual([]);
}

async function sent(method: string, url: string, body: Body): Promise<Answer> {
  const from = performance.now();
  const cpu = process.cpuUsage();
  const response = await fetch(url, { method, body, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  const { user, system } = process.cpuUsage(cpu);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: JSON.parse(text) as Record<string, unknown>,
    size: text.length,
    time: Math.min(performance.now() - from, (user + system) / 1000),
  };
}

/** The quickest of a few, for what is asked for is the work, not what else the machine does. */
async function quickest(method: string, url: string, body: Body, bound: number): Promise<Answer> {
  let best = await sent(method, url, body);
  // What is far from its bound is no accident.
  for (let n = 1; n < 8 && best.time >= bound && best.time < 20 * bound; n++) {
    const next = await sent(method, url, body);
    if (next.time < best.time) best = next;
  }
  return best;
}
