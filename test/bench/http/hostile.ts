import { each, type Hostile } from '../hostile.js';
import { hostilePatterns } from '../hostile-patterns.js';
import type { Contents } from './workload.js';

/** Of the hostile endpoint policies, some that labour over a path of `a`s and in the end match nothing. */
export const hostile: readonly Hostile[] = [
  'a pattern a*a*…b',
  'a pattern ?*?*…b',
  'patterns *a…ab, 750 long',
  'patterns *a…a?a…ab*, 700 long',
  'patterns a*…b',
].map((wanted) => {
  const found = hostilePatterns.find(({ name, kind }) => name === wanted && kind === 'endpoint');
  if (found === undefined) throw new Error(`there is no hostile endpoint policy \`${wanted}\``);
  return found;
});

/** An endpoint for each policy, an API that lets everybody in, and for each endpoint so many questions. */
export function hostileContents(count: number): Contents {
  const everybody = { Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } };
  return {
    document: {
      formatVersion: 1,
      policies: [
        ...hostile.map(({ document }, at) => ({ kind: 'endpoint' as const, name: `hostile-${at}`, document })),
        { kind: 'resource', name: 'open', document: everybody },
      ],
      endpoints: hostile.map((_, at) => ({ endpointId: `vpce-${at}`, vpcId: 'vpc-1a2b3c4d', policy: `hostile-${at}` })),
      apis: [{ apiId: 'hostile', accountId: '123412341234', region: 'us-east-1', policy: 'open' }],
    },
    questions: hostile.flatMap(({ name, resource }, at) =>
      each(count, (number) => ({
        body: { principal: `arn:aws:iam::123412341234:user/mallory-${number}`, resource, endpoint: `vpce-${at}` },
        expected: { decision: 'Deny', reason: 'IMPLICIT_DENY', layer: 'endpoint' },
        group: name,
      })),
    ),
  };
}
