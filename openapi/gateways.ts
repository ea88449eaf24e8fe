/** What gateways ask, for people to read: these are no operations of a controller, and take any method. */
const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

const known = {
  ProxyKey: header('X-Postern-Key', 'The API key of the gateway. `Authorization` is that of its client, and not read.'),
  GatewayApi: header('X-Postern-Api', 'The API, where the host does not name it.'),
  GatewayStage: header('X-Postern-Stage', 'The stage, where it is not the first segment of the path.'),
  GatewayEndpoint: header('X-Postern-Endpoint', 'The VPC endpoint, where the host does not name it.'),
  GatewayPrincipal: header('X-Postern-Principal', 'Whom the gateway has authenticated. Without it: `anonymous`.'),
  GatewaySourceIp: header('X-Postern-Source-Ip', 'Where the request came from: `aws:VpcSourceIp`.'),
  GatewayAuthorizerResult: header('X-Postern-Authorizer-Result', 'What the authorizer of the method said.'),
  GatewayIdentityPolicies: header(
    'X-Postern-Identity-Policies',
    'Names of the identity policies of the caller, with commas between them.',
  ),
  GatewayPermissionsBoundary: header('X-Postern-Permissions-Boundary', 'The name of the permissions boundary.'),
  GatewaySessionPolicies: header('X-Postern-Session-Policies', 'Names of the session policies of the caller.'),
  GatewayApiOfAws: header(
    'x-apigw-api-id',
    'The API, as clients of an endpoint name it. It must agree with the others.',
  ),
};

const dialects = {
  OriginalMethod: header('X-Original-Method', 'nginx: the method that is asked about.'),
  OriginalUri: header('X-Original-URI', 'nginx: the path and query that are asked about, as they came.'),
  OriginalUrl: header('X-Original-URL', 'ingress-nginx: the same with scheme and host.'),
  ForwardedMethod: header('X-Forwarded-Method', 'Traefik, Caddy: the method that is asked about.'),
  ForwardedUri: header('X-Forwarded-Uri', 'Traefik, Caddy: the path and query that are asked about, as they came.'),
  ForwardedHost: header('X-Forwarded-Host', 'Traefik, Caddy: the host that is asked about.'),
  ForwardedFor: header('X-Forwarded-For', 'Traefik, Caddy: the last address is where the request came from.'),
};

export const gatewayParameters = { ...known, ...dialects };

const text = (description: string) => ({ description, schema: { type: 'string' } });
const decided = {
  'Postern-Decision-Id': text('The decision in the decision log.'),
  'Postern-Reason': text('Why, in the words of `reason` in a decision.'),
  'Postern-Revision': { $ref: '#/components/headers/Postern-Revision' },
};
const told = (description: string, message: string, headers: object = {}) => ({
  description,
  headers,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: { message: { type: 'string', description: 'The sentence that AWS would say, or what is wrong.' } },
        required: ['message'],
        additionalProperties: false,
      },
      example: { message },
    },
  },
});

/** No other status: a gateway could take it for an error, or for a yes. */
const responses = {
  200: { description: 'The request may go on', headers: decided },
  401: told('The gateway has not proved who it is', 'X-Postern-Key is not valid'),
  403: told(
    'The request may not go on, or it is not clear what it is',
    'User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/pets because no resource-based policy allows the execute-api:Invoke action',
    { ...decided, 'Postern-Message': text('The message once more, in ASCII and at most 1,000 characters.') },
  ),
  500: told('A fault of the server', 'the log says more about request 3c7f0a52-5a0e-4a4b-9f0c-0d3c8a5f3b11'),
  503: told('Nothing can be decided now', 'the store cannot be reached'),
};

/** As everywhere, but that the key is in `X-Postern-Key`. */
const security = [{ key: ['decide'] }];

const refs = (parameters: object) =>
  Object.keys(parameters).map((name) => ({ $ref: `#/components/parameters/${name}` }));

export const gatewayPaths = {
  '/forward-auth': {
    get: {
      operationId: 'forwardAuth',
      tags: ['Gateways'],
      summary: 'Ask for nginx, Traefik and Caddy',
      description:
        'Whether a request that has come to a gateway may go on: nginx asks with `auth_request`, Traefik with `forwardAuth`, Caddy with `forward_auth`. What is asked about stands in headers, in the dialect of the gateway; one of the two, not both. The method of the question itself does not matter. Executed from here without these headers it is a 403: it is not clear what is asked.\n\nThe key is in `X-Postern-Key`, not in `Authorization`. Takes the role `decide`.',
      parameters: refs({ ...dialects, ...known }),
      security,
      responses,
    },
  },
  '/ext-authz/{path}': {
    get: {
      operationId: 'extAuthz',
      tags: ['Gateways'],
      summary: 'Ask for Envoy',
      description:
        'Whether a request that has come to Envoy may go on, asked by the HTTP service of its filter `ext_authz` with `path_prefix: /ext-authz`. Method, path, query and host are those of the request that is asked about, and so any method is taken. Executed from here without the headers that Envoy adds it is a 403: it is not clear what is asked.\n\nThe key is in `X-Postern-Key`, not in `Authorization`. Takes the role `decide`.',
      parameters: [
        {
          name: 'path',
          in: 'path',
          required: true,
          description: 'The path that was asked for, as it came.',
          schema: { type: 'string' },
          example: 'prod/pets',
        },
        ...refs(known),
      ],
      security,
      responses,
    },
  },
};
