import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server on this machine that can be made long: what takes it, in either direction, comes later. */
export class Detour {
  /** In milliseconds. */
  delay = 0;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Detour> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const detour = new Detour(server);
    server.on('connection', (from) => {
      const to = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      detour.#lead(from, to);
      detour.#lead(to, from);
    });
    return detour;
  }

  /** The same address, by this way. */
  url(direct: string): string {
    const url = new URL(direct);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Once nobody goes this way any more. */
  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  /** One piece after the other, also when the way becomes shorter. */
  #lead(from: Socket, to: Socket): void {
    let last: Promise<unknown> = Promise.resolve();
    const late = (then: () => void): void => {
      last = Promise.all([last, sleep(this.delay)]).then(then);
    };
    from.on('data', (piece) => late(() => to.write(piece)));
    from.on('end', () => late(() => to.end()));
    from.on('error', () => late(() => to.destroy()));
    from.on('close', () => late(() => to.destroy()));
  }
}
