const { components } = require('./openapi/policy-document.schema.json');

/** In the order in which the operations are shown, and in which their examples work. */
const tags = [
  { name: 'Policies', description: 'Named documents in the IAM policy language, each with all of its versions.' },
  { name: 'Versions', description: 'What a policy was, what has changed since, and the way back.' },
  { name: 'Endpoints', description: 'Interface VPC endpoints, and the endpoint policy that each one has.' },
  {
    name: 'APIs',
    description: 'REST APIs, the resource policy that each one has, and how their methods authenticate.',
  },
  { name: 'Decisions', description: 'May this principal invoke this ARN via this endpoint, and why?' },
  {
    name: 'AuthZEN',
    description: "The same decisions for every client of OpenID AuthZEN's Authorization API 1.0.",
  },
  {
    name: 'Gateways',
    description: 'The same decisions for nginx, Envoy, Traefik and Caddy, which ask before they let a request through.',
  },
  {
    name: 'Export and import',
    description: 'The whole store as one document, out and in, and what the AWS CLI prints of an account.',
  },
  { name: 'Changes', description: 'What has been written, for those who keep up with it.' },
  { name: 'Keys', description: 'Who may do what: the API keys of services and people.' },
  { name: 'Audit', description: 'Who has written what.' },
  { name: 'Service', description: 'For whoever runs it.' },
  { name: 'Removal', description: 'What is stored can go again: first what names a policy, then the policy.' },
];

module.exports = {
  entryFile: 'src/http/app.ts',
  controllerPathGlobs: ['src/http/*.controller.ts'],
  noImplicitAdditionalProperties: 'throw-on-extras',
  spec: {
    outputDirectory: 'openapi',
    specFileBaseName: 'openapi',
    specVersion: 3,
    operationIdTemplate: '{{method.name}}',
    name: 'Postern',
    description: [
      'A policy decision point for private REST APIs: **may this principal invoke this ARN via this endpoint, and why?**',
      'Store policies, the VPC endpoints and APIs that they are attached to, and ask.',
      '',
      'Press *Execute* from the top down: each example uses what the ones before it have stored.',
      '',
      'Unknown members, unknown parameters and keys that occur twice are refused. Errors are RFC 9457 problems that name all',
      'faults at once. Every answer under `/v1` says with `Postern-Revision` which state it was made from; send that back as',
      '`Postern-Min-Revision`, to any replica, to be answered from a state at least as new.',
    ].join('\n'),
    tags,
    securityDefinitions: {
      key: {
        type: 'http',
        scheme: 'bearer',
        description: [
          'An API key of `/v1/keys`, the bootstrap key, or an access token of the issuer that the server trusts. Each',
          'operation names the role that it takes. Not asked for where the server runs without authentication.',
        ].join(' '),
      },
    },
    specMerging: 'recursive',
    spec: {
      // On the wire a document is any JSON value: our own parser judges it, with better words than a schema has.
      components: {
        schemas: {
          ...components.schemas,
          InlinePolicy: {
            allOf: [{ $ref: '#/components/schemas/PolicyDocument' }],
            'x-enforced': { type: 'object' },
          },
          Context: { maxProperties: 100 },
        },
      },
    },
  },
  routes: {
    routesDir: 'src/http/generated',
    middlewareTemplate: 'src/http/routes.hbs',
    esm: true,
    bodyCoercion: false,
    noWriteIfUnchanged: true,
  },
};
