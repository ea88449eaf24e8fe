import type { Schema } from '../http/open-api.js';

/**
 * The shape of a file of policy tests, in the dialect of the service's own schemas. What `given` and `request` make
 * together is a body of `POST /v1/simulations`, and checked as one.
 */
export const policyTestSchema: Schema = {
  type: 'object',
  title: 'policy tests',
  additionalProperties: false,
  required: ['tests'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200 },
    given: { type: 'object' },
    request: { type: 'object' },
    tests: {
      type: 'array',
      minItems: 1,
      maxItems: 10_000,
      items: {
        type: 'object',
        title: 'test',
        additionalProperties: false,
        required: ['name', 'expect'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 200 },
          given: { type: 'object' },
          request: { type: 'object' },
          expect: {
            anyOf: [
              { $ref: '#/components/schemas/Verdict' },
              {
                type: 'object',
                title: 'expectation',
                additionalProperties: false,
                required: ['decision'],
                properties: {
                  decision: { $ref: '#/components/schemas/Verdict' },
                  reason: { $ref: '#/components/schemas/Reason' },
                  layer: { $ref: '#/components/schemas/Layer' },
                  statement: { type: 'string', minLength: 1 },
                },
              },
            ],
          },
        },
      },
    },
  },
};
