import { afterEach, describe, expect, it } from 'vitest';
import { type Besieged, besieged } from './besieged.js';
import { trickle } from './garbage.js';
import { GoodClient } from './good-client.js';
import { guess } from './guessing.js';
import { overload } from './overload.js';
import { rotation } from './rotation.js';
import { besiege } from './siege.js';

/** The short form of `npm run test:hostile`: whether it works, not how long it takes. */
const SOURCE = { file: 'src/main.ts', options: ['--import', 'tsx'] };

let running: Besieged | undefined;
afterEach(async () => {
  await running?.server.stop();
  running = undefined;
});

describe('a server', { timeout: 60_000 }, () => {
  it('survives hostile traffic, and makes the right decisions meanwhile', async () => {
    running = await besieged({}, SOURCE);
    const { server, contents, errors, memory } = running;
    await besiege(server.port, 300, 8, 1);
    const before = await memory();
    const good = new GoodClient(server.port, contents.questions);
    const endTrickle = trickle(server.port, 20);
    const { statuses, faults } = await besiege(server.port, 2000, 16, 2);
    endTrickle();
    await good.stop();
    expect([faults, good.faults, errors()]).toEqual([[], [], []]);
    expect(good.right).toBeGreaterThan(20);
    for (const status of [200, 400, 404, 405, 413, 414, 415, 431])
      expect(statuses.get(status), `${status}`).toBeDefined();
    expect((await memory()).heapUsed / before.heapUsed).toBeLessThan(1.5);
  });

  it('lets nobody in who guesses, and whoever has a key all the same', async () => {
    const { statuses, good } = await guess(500, SOURCE);
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(good.faults).toEqual([]);
    expect(good.right).toBeGreaterThan(2);
  });

  it('turns away what is too much, and nothing when that is over', async () => {
    running = await besieged({ POSTERN_MAX_DELAY: '5' }, SOURCE);
    const { server, contents } = running;
    const load = { batch: 20, connections: 500, times: 4, milliseconds: 1000, step: 300 };
    const { during, after } = await overload(server.port, contents.questions, load);
    expect(during.accepted).toBeGreaterThan(0);
    expect(during.shed).toBeGreaterThan(0);
    expect(after.at(-1)?.accepted).toBeGreaterThan(0);
  });

  it('changes its certificates without a failed request', async () => {
    const { rotations, requests, faults } = await rotation({ rotations: 2, callers: 4 }, SOURCE);
    expect([rotations, faults]).toEqual([2, []]);
    expect(requests).toBeGreaterThan(10);
  });
});
