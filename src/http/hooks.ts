import type { Response } from 'express';
import { authorization } from './authorization.js';
import { exchangeOf, writeHead } from './exchange.js';
import { hookCall } from './hook-call.js';
import { EXT_AUTHZ, FORWARD_AUTH } from './hook-paths.js';
import { operationAt } from './open-api.js';
import { hookHeaders, hookMessage } from './problem-forms.js';
import { shapeOf } from './schemas.js';
import { JSON_TYPE } from './send.js';
import type { Services } from './services.js';
import type { Route } from './template-service.js';
import type { Decision } from './wire-decisions.js';

/**
 * What gateways ask before they let a request through. Not operations like others: the method and the path are those of the
 * request that is asked about, so nothing here is routed, redirected or read but headers. It answers 200, 403, 401, 500 and
 * 503 and nothing else, for a gateway may take any other status for an error, or for a yes.
 */
export const hooks =
  (gateway: Services['gateway']): Route =>
  async (request, response) => {
    const exchange = exchangeOf(response);
    exchange.route = request.url.startsWith(FORWARD_AUTH) ? routes.forwardAuth : routes.extAuthz;
    authorize?.(response);
    const { requestId, by } = exchange;
    const answer = await gateway.decide(hookCall(request), { requestId, by, shapeErrors });
    exchange.decided = answer;
    tell(response, answer);
  };

/** For the log and the metrics. The method is that of the request that is asked about. */
const routes = {
  forwardAuth: { method: 'ANY', path: FORWARD_AUTH },
  extAuthz: { method: 'ANY', path: `${EXT_AUTHZ}/{path}` },
} as const;

/** Both hooks take the same role. */
const authorize = authorization(operationAt('get', FORWARD_AUTH));

const shapeErrors = shapeOf('DecisionRequest');

function tell(response: Response, { decision, reason, message, decisionId, revision }: Decision): void {
  const head = hookHeaders(reason, message);
  head.push('Postern-Decision-Id', decisionId, 'Postern-Revision', String(revision));
  if (decision === 'Allow') {
    head.push('Content-Length', '0');
    writeHead(response, 200, head).end();
    return;
  }
  const body = hookMessage(message ?? reason);
  head.push('Content-Type', JSON_TYPE, 'Content-Length', String(Buffer.byteLength(body)));
  writeHead(response, 403, head).end(body);
}
