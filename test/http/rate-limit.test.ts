import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../src/service/rate-limiter.js';
import { call, door, problem, problemOf } from './client.js';

describe('a rate', () => {
  it('lets a burst in, and then as many as it says', () => {
    let now = 0;
    const limiter = new RateLimiter({ perSecond: 10, burst: 3 }, () => now);
    const taken = (caller = 'a') => limiter.take(caller).isAllowed;
    expect([taken(), taken(), taken(), taken()]).toEqual([true, true, true, false]);
    expect(limiter.take('a').seconds).toBeCloseTo(0.1);
    now += 100;
    expect([taken(), taken()]).toEqual([true, false]);
    expect(taken('b')).toBe(true);
    now += 60_000;
    expect([taken(), taken(), taken(), taken()]).toEqual([true, true, true, false]);
  });

  it('is not there unless it is set', async () => {
    const { http } = door();
    for (let at = 0; at < 50; at++) {
      const { headers } = await http.post('/v1/decisions').send(call).expect(200);
      expect(headers).not.toHaveProperty('ratelimit');
    }
  });

  it('is a 429 that says when to come again, and leaves probes and documents alone', async () => {
    const limits = { maxOpen: 1000, maxDelay: 1000, rate: { perSecond: 1, burst: 2 } };
    const { http } = door({ limits });
    const first = await http.post('/v1/decisions').send(call).expect(200);
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"caller";q=2;w=2', ratelimit: '"caller";r=1;t=0' });
    await http.get('/v1/endpoints').expect(200);
    for (const path of ['/v1/endpoints', '/v1/nothing']) {
      const refused = await http.get(path);
      expect(problemOf(refused)).toEqual(problem(429, 'rate-limited'));
      expect(refused.headers).toMatchObject({ 'retry-after': '1', ratelimit: '"caller";r=0;t=1' });
    }
    for (const path of ['/livez', '/readyz', '/openapi.json', '/docs/']) await http.get(path).expect(200);
  });
});
