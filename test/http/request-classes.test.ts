import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { requestClasses } from '../../src/http/request-classes.js';

it('gives the app requests and responses whose prototypes it need not change', async () => {
  const app = express();
  app.get('/', (_request, response) => {
    response.status(200).json({ fine: true });
  });
  const seen: [IncomingMessage, ServerResponse, object, object][] = [];
  const server = createServer(requestClasses(app), (request, response) => {
    seen.push([request, response, Object.getPrototypeOf(request), Object.getPrototypeOf(response)]);
    app(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await answer.json()).toEqual({ fine: true });
  const [[request, response, before, beforeResponse] = []] = seen;
  expect(before).toBe(app.request);
  expect(beforeResponse).toBe(app.response);
  expect(Object.getPrototypeOf(request)).toBe(before);
  expect(Object.getPrototypeOf(response)).toBe(beforeResponse);
  await new Promise((resolve) => server.close(resolve));
});
