import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { call, endpoint } from '../contract/postern.js';
import { onPostgresServer } from '../store/on-postgres.js';
import { freePort } from '../store/postgres.js';
import { Replica } from '../store/replica.js';
import { scaled, shows, showsNone } from './figures.js';
import { startOpen } from './two-replicas.js';

/** How often both replicas are replaced, one after the other. */
const ROUNDS = scaled(10, 1);
const CLIENTS = 12;
/** Seconds; load balancers that look less often need more. */
const DELAY = scaled(1, 0.5);

await onPostgresServer((server) => {
  let ports: readonly number[];
  let replicas: Replica[];
  let settings: Readonly<Record<string, string>>;

  const start = (port = 0) => Replica.start({ ...settings, POSTERN_PORT: String(port) });

  beforeAll(async () => {
    settings = {
      POSTERN_DATABASE_URL: await server.createDatabase(),
      POSTERN_LOG_LEVEL: 'error',
      POSTERN_SHUTDOWN_DELAY: String(DELAY),
    };
    ports = [await freePort(), await freePort()];
    replicas = [await startOpen({ ...settings, POSTERN_PORT: String(ports[0]) }), await start(ports[1])];
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.kill())));

  describe('a rolling restart', { timeout: 240_000 }, () => {
    it('as docs/operations.md says is not noticed by clients that keep connections', async (context) => {
      const balancer = new Balancer(ports);
      const clients = Array.from({ length: CLIENTS }, (_, n) => new Client(n, balancer));
      const codes: (number | null)[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        for (const [index, port] of ports.entries()) {
          codes.push(await replicas[index]!.stop());
          replicas[index] = await start(port);
          await vi.waitFor(() => expect(balancer.ready).toEqual(ports), { timeout: 10_000 });
        }
      }
      const all = await Promise.all(clients.map((client) => client.stop()));
      await balancer.stop();
      const [answers, refused] = [all.map((each) => each.answers), all.map((each) => each.refused)].map(sum);
      const wrong = all.flatMap((each) => each.wrong);
      showsNone(context, 'rolling restarts: answers that were none, or wrong', wrong, answers!);
      const goal = { most: 0 };
      shows(context, { quantity: 'rolling restarts: connections refused', figure: refused!, unit: '', goal });
      expect(codes).toEqual(Array(2 * ROUNDS).fill(0));
      expect(balancer.turns).toBe(2 * ROUNDS);
      expect(answers).toBeGreaterThan(CLIENTS * ROUNDS * 10);
    });
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/** Looks at `/readyz`, as load balancers do, but more often. */
class Balancer {
  ready: readonly number[];
  /** How often one that was ready said that it no longer is, rather than to be gone. */
  turns = 0;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(private readonly ports: readonly number[]) {
    this.ready = ports;
    this.#running = this.#run();
  }

  /** One of those that are ready. */
  at(n: number): number {
    return this.ready[n % this.ready.length] ?? 0;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#running;
  }

  async #run(): Promise<void> {
    for (; !this.#stopped; await sleep(20)) {
      const states = await Promise.all(this.ports.map((port) => ask(port, 'GET', '/readyz').catch(() => 'gone')));
      this.turns += this.ready.filter((port) => states[this.ports.indexOf(port)]?.startsWith('503')).length;
      this.ready = this.ports.filter((_, index) => states[index]?.startsWith('200'));
    }
  }
}

/** Asks one thing after the other on connections that it keeps, for decisions mostly; a write is one of ten. */
class Client {
  answers = 0;
  /** How often it was refused a connection, and asked another. */
  refused = 0;
  readonly wrong: unknown[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(
    private readonly id: number,
    private readonly balancer: Balancer,
  ) {
    this.#running = this.#run();
  }

  async stop(): Promise<this> {
    this.#stopped = true;
    await this.#running;
    this.#agent.destroy();
    return this;
  }

  async #run(): Promise<void> {
    for (let n = 0; !this.#stopped; n++, await sleep(2)) {
      try {
        const answer = await this.#ask(this.balancer.at(this.id), n);
        this.answers++;
        if (!/^20[01] .*("decision":"Allow"|"endpointId")/.test(answer)) this.wrong.push(answer);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.refused++;
        else this.wrong.push(error);
      }
    }
  }

  #ask(port: number, n: number): Promise<string> {
    if (n % 10 === 9) return ask(port, 'PUT', `/v1/endpoints/of-${this.id}`, endpoint(), this.#agent);
    return ask(port, 'POST', '/v1/decisions', call(), this.#agent);
  }
}

/** Status and body. Without an agent the connection is for this request alone. */
function ask(port: number, method: string, path: string, body?: object, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port, method, path, agent: agent ?? false, headers: { 'content-type': 'application/json' } };
    const sent = request(options, (response) => {
      let answer = `${response.statusCode} `;
      response.setEncoding('utf8').on('data', (piece: string) => {
        answer += piece;
      });
      response.once('end', () => resolve(answer));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
