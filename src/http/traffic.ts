import type { Request, Response } from 'express';
import type { Registry } from 'prom-client';
import { counter, Durations, DurationsHistogram, type Labels } from '../service/collectors.js';
import { type Exchange, exchangeOf, type RouteName } from './exchange.js';
import { requestLine } from './request-line.js';

interface RouteCounts {
  readonly durations: Durations;
  readonly statuses: Map<number, number>;
}

/** Where a request was going that no route took, or that was refused before one was looked for. */
const NOWHERE: RouteName = { method: 'none', path: 'none' };

/** Counts every request when it is over, and logs it. */
export class Traffic {
  readonly #routes = new Map<RouteName, RouteCounts>();
  readonly #refused = new Map<string, number>();

  /** @param write takes a line for the log; undefined where requests are not logged */
  constructor(
    registry: Registry,
    private readonly write: ((line: string) => void) | undefined,
  ) {
    const requests = { name: 'postern_http_requests_total', help: 'Requests by route and status of the answer' };
    counter(registry, requests, ['method', 'route', 'status'], () => this.#byStatus());
    const rejected = { name: 'postern_rejected_requests_total', help: 'Requests answered with a problem, by its code' };
    counter(registry, rejected, ['cause'], () => [...this.#refused].map(([cause, count]) => [{ cause }, count]));
    const durations = {
      name: 'postern_http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer',
    };
    new DurationsHistogram(registry, durations, ['method', 'route'], () => this.#durations());
  }

  /** Watches a request until its answer is sent, or its connection is gone. */
  begin(response: Response): void {
    response.on('close', this.#ended);
  }

  /** One function for all responses: `close` calls it with the response as `this`. */
  readonly #ended = ((traffic: Traffic) =>
    function (this: Response): void {
      traffic.#end(exchangeOf(this), this.req, this);
    })(this);

  #end(exchange: Exchange, request: Request, response: Response): void {
    const duration = performance.now() - exchange.begun;
    const { durations, statuses } = this.#countsOf(exchange.route ?? NOWHERE);
    durations.observe(duration / 1000);
    const status = response.headersSent ? response.statusCode : 0;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const { refused } = exchange;
    if (refused !== null) this.#refused.set(refused, (this.#refused.get(refused) ?? 0) + 1);
    this.write?.(requestLine(exchange, request, response, duration));
  }

  #countsOf(route: RouteName): RouteCounts {
    let counts = this.#routes.get(route);
    if (counts === undefined) {
      counts = { durations: new Durations(), statuses: new Map() };
      this.#routes.set(route, counts);
    }
    return counts;
  }

  *#byStatus(): Iterable<readonly [Labels, number]> {
    for (const [{ method, path }, { statuses }] of this.#routes) {
      for (const [status, count] of statuses) {
        yield [{ method, route: path, status: status === 0 ? 'none' : String(status) }, count];
      }
    }
  }

  *#durations(): Iterable<readonly [Labels, Durations]> {
    for (const [{ method, path }, { durations }] of this.#routes) yield [{ method, route: path }, durations];
  }
}
