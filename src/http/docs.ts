import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import swaggerUi from 'swagger-ui-express';
import { exchangeOf } from './exchange.js';
import type { HttpSettings } from './locals.js';
import { openApi } from './open-api.js';
import { ProblemError } from './problem.js';
import { pageHeaders } from './security-headers.js';
import { JSON_TYPE, PlainText, send, sendText } from './send.js';

/** `GET /openapi.json`, and `/docs` to read and try it. Nothing that the page loads is from another host. */
export function docs(app: Express, settings: HttpSettings): void {
  const { publicUrl } = settings;
  const description = publicUrl === null ? openApi : { ...openApi, servers: [{ url: publicUrl.replace(/\/+$/, '') }] };
  const text = new PlainText(JSON_TYPE, JSON.stringify(description));
  app.get('/openapi.json', (_request, response) => sendText(response, 200, {}, text));

  // Relative, so that it also works under the base path of a proxy.
  app.get('/docs', (_request, response) => send(response, 301, { Location: 'docs/' }, undefined));
  const page = swaggerUi
    .generateHTML(undefined, {
      customSiteTitle: 'Postern',
      // On a phone the tables of responses are wider than the page: they scroll by themselves.
      customCss: '.swagger-ui .responses-inner { overflow-x: auto }',
      swaggerOptions: {
        url: '../openapi.json',
        validatorUrl: null,
        tryItOutEnabled: true,
        displayRequestDuration: true,
      },
    })
    // HTML knows SVG without its namespace, and so the page names no other host at all.
    .replace(/ xmlns(?::xlink)?="[^"]*"/g, '');
  // Parts of these files are not given: the whole one is the answer to any Range (RFC 9110, section 14.2).
  const files = swaggerUi.serveWithOptions({ acceptRanges: false });
  app.use('/docs/', exchangeHeaders, pageHeaders(settings), files, filePrecondition);
  app.get('/docs/', (_request, response) => {
    response.type('html').end(page);
  });
}

/** For what is not written by us. */
const exchangeHeaders: RequestHandler = (_request, response, next) => {
  const { headers } = exchangeOf(response);
  for (let at = 0; at < headers.length; at += 2) response.setHeader(headers[at]!, headers[at + 1]!);
  next();
};

/** What keeps a file back that is there: If-Match, or If-Unmodified-Since. */
const filePrecondition: ErrorRequestHandler = (thrown, _request, _response, next) => {
  const failed = thrown.status === 412;
  next(failed ? new ProblemError('precondition-failed', 'the file is another one than the request asks for') : thrown);
};
