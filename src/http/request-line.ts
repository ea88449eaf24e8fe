import type { Request, Response } from 'express';
import type { Exchange } from './exchange.js';

/** `traceparent` of W3C Trace Context, version 00: hexadecimal only, so it can stand in a line as it is. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The line that the log has for each request. Written out by hand: a logger takes six times as long for the same line, and
 * a decision is given in little more time than that. The path is that of the route: names, queries and headers of a request
 * are the caller's, and may be secret.
 * @param duration in milliseconds
 */
export function requestLine(exchange: Exchange, request: Request, response: Response, duration: number): string {
  const { requestId, by, route, decided, refused } = exchange;
  let line = `{"level":30,"time":${Date.now()},"requestId":${quoted(requestId)},"by":${by === null ? 'null' : JSON.stringify(by)}`;
  line += route === null ? `,"route":null` : `,"route":"${route.method} ${route.path}"`;
  const status = response.headersSent ? response.statusCode : null;
  line += `,"status":${status},"duration":${Math.round(duration * 1000) / 1000}`;
  if (typeof decided === 'number') line += `,"decisions":${decided}`;
  else if (decided !== null) {
    line += `,"decisionId":"${decided.decisionId}","decision":"${decided.decision}","reason":"${decided.reason}"`;
  }
  if (refused !== null) line += `,"code":"${refused}"`;
  if (!response.writableFinished) line += ',"aborted":true';
  const trace = request.headers.traceparent;
  if (typeof trace === 'string' && TRACEPARENT.test(trace)) line += `,"traceparent":"${trace}"`;
  return `${line},"msg":"request"}\n`;
}

/** Most ids are plain: looking is cheaper than escaping. */
const quoted = (id: string): string => (id.includes('"') || id.includes('\\') ? JSON.stringify(id) : `"${id}"`);
