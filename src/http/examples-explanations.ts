/** As `examples-policies.ts`, for explanations. */
import type { ElementTrace, Explanation, RemedyChange } from './wire-explanations.js';

const everybody: ElementTrace = {
  element: 'Principal',
  matched: true,
  pattern: '*',
  detail: 'everyone is named, the anonymous caller too',
};

const otherAction: ElementTrace = {
  element: 'Action',
  matched: false,
  pattern: 'execute-api:Invoke',
  detail:
    '`execute-api:InvalidateCache` is not listed: `execute-api:Invoke` has `Invoke` where the action has `InvalidateCache`, at character 16',
};

const everyMethod: ElementTrace = {
  element: 'Resource',
  matched: true,
  pattern: 'execute-api:/*',
  detail: '`execute-api:/*` covers the ARN',
};

const resourceAllows: RemedyChange = {
  target: 'policy',
  layer: 'resource',
  name: 'only-our-vpc',
  version: 1,
  patch: [
    {
      op: 'add',
      path: '/Statement/-',
      value: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:InvalidateCache',
        Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
        Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } },
      },
    },
  ],
};

export const explained: Explanation = {
  decision: 'Deny',
  reason: 'IMPLICIT_DENY',
  layer: 'endpoint',
  message:
    'User: arn:aws:iam::123412341234:user/MyUser is not authorized to perform: execute-api:InvalidateCache on resource: arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/pets because no VPC endpoint policy allows the execute-api:InvalidateCache action',
  determining: [],
  policies: [{ layer: 'endpoint', name: 'two-apis', version: 1, outcome: 'implicitDeny' }],
  assumed: [],
  revision: 5,
  decisionId: '0193a5f2-7d1c-7b7e-9c57-0a6f5b1d2e42',
  trace: [
    {
      layer: 'endpoint',
      name: 'two-apis',
      version: 1,
      outcome: 'implicitDeny',
      statements: [
        {
          pointer: '/Statement',
          sid: null,
          effect: 'Allow',
          matched: false,
          elements: [
            everybody,
            otherAction,
            {
              element: 'Resource',
              matched: true,
              pattern: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
              detail: '`arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*` covers the ARN',
            },
          ],
        },
      ],
    },
  ],
  notReached: [
    {
      layer: 'resource',
      name: 'only-our-vpc',
      version: 1,
      outcome: 'implicitDeny',
      statements: [
        {
          pointer: '/Statement/0',
          sid: null,
          effect: 'Allow',
          matched: false,
          elements: [everybody, otherAction, everyMethod],
        },
        {
          pointer: '/Statement/1',
          sid: 'OnlyOurVpc',
          effect: 'Deny',
          matched: false,
          elements: [
            everybody,
            otherAction,
            everyMethod,
            {
              element: 'Condition',
              matched: false,
              detail:
                '`aws:SourceVpc` holds `vpc-1a2b3c4d`, which is `vpc-1a2b3c4d`, which the negated operator rules out',
              condition: {
                operator: 'StringNotEquals',
                key: 'aws:SourceVpc',
                expected: ['vpc-1a2b3c4d'],
                actual: 'vpc-1a2b3c4d',
              },
            },
          ],
        },
      ],
    },
  ],
  summary: [
    'the caller is seen as `arn:aws:iam::123412341234:user/MyUser`, an IAM user, by the endpoint policy alone',
    "the API sees an anonymous caller: the method's authorization type is NONE, and only AWS_IAM tells an API who signed",
    'the endpoint policy `two-apis` (version 1) does not allow the call: its one Allow statement does not apply',
    'nearest is `/Statement`, but for its Action: `execute-api:InvalidateCache` is not listed: `execute-api:Invoke` has `Invoke` where the action has `InvalidateCache`, at character 16',
    'the call did not get to the resource policy `only-our-vpc` (version 1), which does not allow the call: its one Allow statement does not apply',
    'nearest is `/Statement/0`, but for its Action: `execute-api:InvalidateCache` is not listed: `execute-api:Invoke` has `Invoke` where the action has `InvalidateCache`, at character 16',
    'the call is denied: User: arn:aws:iam::123412341234:user/MyUser is not authorized to perform: execute-api:InvalidateCache on resource: arn:aws:execute-api:us-east-1:********1234:a1b2c3d4e5/prod/GET/pets because no VPC endpoint policy allows the execute-api:InvalidateCache action',
  ],
  remedies: [
    {
      summary:
        'add to the endpoint policy `two-apis` (version 1) a statement that allows this caller exactly this action on this ARN; and add to the resource policy `only-our-vpc` (version 1) a statement that allows whoever calls exactly this action on this ARN',
      widens: true,
      changes: [
        {
          target: 'policy',
          layer: 'endpoint',
          name: 'two-apis',
          version: 1,
          patch: [
            {
              op: 'replace',
              path: '/Statement',
              value: [
                {
                  Effect: 'Allow',
                  Principal: '*',
                  Action: ['execute-api:Invoke'],
                  Resource: [
                    'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/*',
                    'arn:aws:execute-api:us-east-1:123412341234:aaaaa11111/*',
                  ],
                },
                {
                  Effect: 'Allow',
                  Principal: { AWS: 'arn:aws:iam::123412341234:user/MyUser' },
                  Action: 'execute-api:InvalidateCache',
                  Resource: 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/GET/pets',
                },
              ],
            },
          ],
        },
        resourceAllows,
      ],
    },
    {
      summary:
        'add this action to the Action of `/Statement` in the endpoint policy `two-apis` (version 1); and add to the resource policy `only-our-vpc` (version 1) a statement that allows whoever calls exactly this action on this ARN',
      widens: true,
      changes: [
        {
          target: 'policy',
          layer: 'endpoint',
          name: 'two-apis',
          version: 1,
          patch: [{ op: 'add', path: '/Statement/Action/-', value: 'execute-api:InvalidateCache' }],
        },
        resourceAllows,
      ],
    },
  ],
};
