import { setTimeout as sleep } from 'node:timers/promises';
import type { Listener } from './listener.js';

/** Milliseconds; longer than any request that is answered at all. */
const DEADLINE = 10_000;

/**
 * The end of a listener, which nobody notices who can go elsewhere. For so many milliseconds everybody is answered as before,
 * but for the last time on that connection: a load balancer has the time to see that readiness fails, and clients that keep
 * connections go elsewhere by themselves. A kept connection that is closed while a request is on its way looks like a failure.
 * @param closing what has to end when nobody is let in any more
 */
export async function drain({ server, connections }: Listener, delay: number, closing: () => void): Promise<void> {
  connections.keepNone();
  if (delay > 0) await sleep(delay);
  closing();
  // Node waits for idle connections to time out; they are closed as they become idle instead.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), DEADLINE);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(deadline);
}
