import type { Socket } from 'node:net';
import type { Response } from 'express';
import type { Gate } from './exchange.js';
import { ProblemError } from './problem.js';

export interface AdmissionLimits {
  /** Requests that are being answered at a time. */
  readonly maxOpen: number;
  /** Milliseconds that one turn of the event loop may take with many requests in it. */
  readonly maxDelay: number;
}

/** Turns requests away while there are too many, so that those who are let in are answered soon. */
export function admission({ maxOpen, maxDelay }: AdmissionLimits, now = () => performance.now()): Gate {
  const turn = new Turn(maxDelay, now);
  const open = new OpenRequests();
  return (request, response) => {
    const isCrowded = !turn.admits() || open.count >= maxOpen;
    if (isCrowded && !PROBES.has(pathOf(request.url))) {
      turn.turnedAway++;
      throw overloaded;
    }
    if (!open.add(request.socket, response)) {
      request.socket.destroy();
      throw overloaded;
    }
    return undefined;
  };
}

/** Whoever watches the service has to see that it is alive just then. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

const pathOf = (url: string): string => url.split('?', 1)[0]!;

/** One for all: to make an error costs as much as to answer with it. */
const overloaded = new ProblemError('overloaded', 'more is asked than can be answered soon');

/** Up to this many requests in a turn are no crowd, however long they take. */
const CROWD = 100;

/** Milliseconds; enough for some decisions. */
const LEAST = 0.5;

/**
 * Decisions are made one after the other, each in one go, so that few are ever open: what grows under too much of them is
 * the number of connections that have something to be read when the event loop comes round. All of them are worked off in
 * one turn of the loop, and whatever comes meanwhile waits for the next one: so a turn must not be long.
 *
 * After a turn that was, with a crowd in it, only so much time of each turn is given to requests as keeps turns, with the
 * time that refusals take, as short as they should be: halved after a turn that is still too long, a little more after
 * one that is not. It is over with the first turn that is short and turns away nobody.
 */
class Turn {
  turnedAway = 0;
  #isOn = false;
  #start = 0;
  #requests = 0;
  /** Milliseconds of the turn in which requests are let in. */
  #budget = Number.POSITIVE_INFINITY;

  constructor(
    private readonly longest: number,
    private readonly now: () => number,
  ) {}

  /** Whether one more request is let in. */
  admits(): boolean {
    this.#requests++;
    if (this.#isOn) return this.#budget === Number.POSITIVE_INFINITY || this.now() - this.#start <= this.#budget;
    this.#isOn = true;
    this.#start = this.now();
    // Runs when everything that could be read in this turn has been.
    setImmediate(this.#end);
    return true;
  }

  readonly #end = (): void => {
    const isLong = this.now() - this.#start > this.longest;
    if (this.#budget === Number.POSITIVE_INFINITY) {
      if (isLong && this.#requests > CROWD) this.#budget = this.longest / 2;
    } else if (isLong) this.#budget = Math.max(this.#budget / 2, LEAST);
    else if (this.turnedAway === 0) this.#budget = Number.POSITIVE_INFINITY;
    else this.#budget = Math.min(1.1 * this.#budget, this.longest);
    this.#isOn = false;
    this.#requests = 0;
    this.turnedAway = 0;
  };
}

/**
 * Requests that wait on one connection for the answer to the one before. Node reads, and has answered, all that come, and
 * keeps the answers: a few kilobytes of requests could ask for megabytes, and take the room of everybody else's.
 */
const MOST_PIPELINED = 32;

/** How many requests are being answered. */
class OpenRequests {
  count = 0;
  readonly #pipelined = new WeakMap<Socket, { count: number }>();
  readonly #leave = (): void => {
    this.count--;
  };

  /** @returns whether it may: not where more wait on one connection than any client sends ahead */
  add(socket: Socket, response: Response): boolean {
    if (response.socket === null) return this.#addPipelined(socket, response);
    this.count++;
    response.on('close', this.#leave);
    return true;
  }

  /** It waits for the answer before it. If the connection ends first, Node does not tell. */
  #addPipelined(socket: Socket, response: Response): boolean {
    const queue = this.#pipelined.get(socket) ?? { count: 0 };
    if (!this.#pipelined.has(socket)) {
      this.#pipelined.set(socket, queue);
      socket.once('close', () => {
        this.count -= queue.count;
        queue.count = 0;
      });
    }
    if (queue.count === MOST_PIPELINED) return false;
    queue.count++;
    this.count++;
    response.on('close', () => {
      if (queue.count === 0) return;
      queue.count--;
      this.count--;
    });
    return true;
  }
}
