import type { Socket } from 'node:net';
import type { Gate } from './exchange.js';
import { ProblemError } from './problem.js';

export interface AdmissionLimits {
  /** Requests that are being answered at a time. */
  readonly maxOpen: number;
  /** Milliseconds of work at a stretch, after which what still waits is turned away if that was so before, too. */
  readonly maxDelay: number;
}

/** So many requests at a stretch are answered however long that takes: a hundred callers with long questions are no crowd. */
const ALWAYS = 100;

/**
 * Turns requests away while there are too many, so that those who are let in are answered soon.
 *
 * Decisions are made one after the other, each in one go, so that few are ever open: what grows under too much of them is
 * the number of connections that have something to be read when the event loop comes round. All of them are worked off
 * in one turn of the loop, and who comes meanwhile waits for the next one. A turn that has lasted too long, after one that
 * did so too, ends early: the rest of it are told to come again. A single long turn, such as an import, turns away nobody.
 */
export function admission({ maxOpen, maxDelay }: AdmissionLimits, now = () => performance.now()): Gate {
  let open = 0;
  let isTurn = false;
  let start = 0;
  let admitted = 0;
  let wasLong = false;
  const leave = (): void => {
    open--;
  };
  const queues = new WeakMap<Socket, { open: number }>();
  const queueOn = (socket: Socket): { open: number } => {
    const known = queues.get(socket);
    if (known !== undefined) return known;
    const queue = { open: 0 };
    queues.set(socket, queue);
    socket.once('close', () => {
      open -= queue.open;
      queue.open = 0;
    });
    return queue;
  };
  const endTurn = (): void => {
    isTurn = false;
    wasLong = now() - start > maxDelay;
  };
  return (request, response) => {
    if (!isTurn) {
      isTurn = true;
      admitted = 0;
      start = now();
      // Runs when everything that could be read in this turn has been.
      setImmediate(endTurn);
    }
    const isCrowded = open >= maxOpen || (wasLong && admitted >= ALWAYS && now() - start > maxDelay);
    if (isCrowded && !PROBES.has(pathOf(request.url))) throw overloaded;
    admitted++;
    open++;
    if (response.socket !== null) {
      response.on('close', leave);
      return undefined;
    }
    // Pipelined: it waits for the one before it, and if the connection ends first, Node does not tell.
    const queue = queueOn(request.socket);
    queue.open++;
    response.on('close', () => {
      if (queue.open === 0) return;
      queue.open--;
      open--;
    });
    return undefined;
  };
}

/** Whoever watches the service has to see that it is alive just then. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

const pathOf = (url: string): string => url.split('?', 1)[0]!;

/** One for all: to make an error costs as much as to answer with it. */
const overloaded = new ProblemError('overloaded', 'more is asked than can be answered soon');
