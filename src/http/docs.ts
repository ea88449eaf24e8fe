import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import type { HttpSettings } from './locals.js';
import { openApi } from './open-api.js';
import { send } from './send.js';

/** `GET /openapi.json`, and `/docs` to read and try it. Nothing that the page loads is from another host. */
export function docs(app: Express, { publicUrl }: HttpSettings): void {
  const description = publicUrl === null ? openApi : { ...openApi, servers: [{ url: publicUrl.replace(/\/+$/, '') }] };
  app.get('/openapi.json', (_request, response) => send(response, 200, {}, description));

  // Relative, so that it also works under the base path of a proxy.
  app.get('/docs', (_request, response) => send(response, 301, { Location: 'docs/' }, undefined));
  const page = swaggerUi
    .generateHTML(undefined, {
      customSiteTitle: 'Postern',
      customCss: '',
      swaggerOptions: {
        url: '../openapi.json',
        validatorUrl: null,
        tryItOutEnabled: true,
        displayRequestDuration: true,
      },
    })
    // HTML knows SVG without its namespace, and so the page names no other host at all.
    .replace(/ xmlns(?::xlink)?="[^"]*"/g, '');
  app.use('/docs/', swaggerUi.serve);
  app.get('/docs/', (_request, response) => {
    response.type('html').end(page);
  });
}
