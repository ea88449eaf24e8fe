import { beforeEach, expect, it } from 'vitest';
import { FailedAttempts } from '../../src/service/failed-attempts.js';

const warned: object[] = [];
const log = { warn: (context: object) => void warned.push(context) };

beforeEach(() => {
  warned.length = 0;
});

const fail = (failures: FailedAttempts, times: number, source: string | ((n: number) => string)) =>
  Array.from({ length: times }, (_, n) => failures.count(typeof source === 'string' ? source : source(n)));

it('twenty failures of one source are mistakes, more are too many, and the log is told once', () => {
  const failures = new FailedAttempts(log);
  expect(fail(failures, 20, '10.0.0.1')).not.toContain(true);
  expect(fail(failures, 100, '10.0.0.1')).not.toContain(false);
  expect(fail(failures, 20, '10.0.0.2')).not.toContain(true);
  expect(warned).toEqual([{ source: '10.0.0.1' }]);
});

it('a network of IPv6 is one source, and an IPv4 address within IPv6 is that address', () => {
  const failures = new FailedAttempts(log);
  expect(fail(failures, 21, (n) => `2001:db8:1:2:${n + 1}::1`).at(-1)).toBe(true);
  expect(fail(failures, 20, (n) => `2001:db8:1:${n + 16}::1`)).not.toContain(true);
  expect(fail(failures, 21, (n) => `::ffff:10.0.0.${n}`)).not.toContain(true);
});

it('they are forgotten after a minute, which those that follow do not prolong', async () => {
  let now = 1;
  const failures = new FailedAttempts(log, () => now);
  fail(failures, 15, 'a');
  // lru-cache looks at the clock once in a millisecond.
  await new Promise((resolve) => setTimeout(resolve, 5));
  now += 40_000;
  expect(fail(failures, 10, 'a').at(-1)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  now += 21_000;
  expect(failures.count('a')).toBe(false);
});

it('a million sources are not remembered', () => {
  const failures = new FailedAttempts(log);
  const before = process.memoryUsage().heapUsed;
  fail(failures, 200_000, (n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
});
