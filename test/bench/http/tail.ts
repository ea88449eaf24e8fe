import { percentile } from '../median.js';
import type { Connection } from './connection.js';
import { openLoop } from './load.js';
import { type Runner, withConnections } from './runner.js';
import type { Writing } from './writing.js';

/** Milliseconds under which so many of the answers came. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Microseconds of the server's processor time an answer. */
  readonly cpu: number;
}

/** More than are ever busy, so that a request is late because of the server and not for want of a connection. */
const CONNECTIONS = 64;

/** How late answers are at a fixed rate, optionally while policies are written. */
export async function measureTail(
  { requests, next, server }: Runner,
  load: { readonly rate: number; readonly milliseconds: number },
  writing?: Writing,
): Promise<Latencies> {
  await writing?.start();
  const before = server.cpu();
  const ask = (connections: readonly Connection[]) => openLoop(connections, requests, load, next);
  const latencies = await withConnections(server.port, ask, CONNECTIONS);
  const cpu = (server.cpu() - before) / latencies.length;
  await writing?.stop();
  return { p50: percentile(latencies, 50), p99: percentile(latencies, 99), p999: percentile(latencies, 99.9), cpu };
}
