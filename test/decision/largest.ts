/** Questions whose policies are as large as AWS takes them, each in a way that makes a search for remedies work. */

const API = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';

type Statement = Readonly<Record<string, unknown>> & { readonly Principal: unknown };

const allow = (more: object = {}): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: `${API}/*`,
  ...more,
});
const deny = (more: object = {}): Statement => allow({ Effect: 'Deny', ...more });

/** Statements, as many as go into a policy of so many characters. */
function filled(
  most: number,
  kind: 'identity' | 'other',
  first: readonly Statement[],
  make: (at: number) => Statement,
) {
  const own = ({ Principal, ...statement }: Statement) =>
    kind === 'identity' ? statement : { Principal, ...statement };
  const Statement: object[] = first.map(own);
  let length = JSON.stringify({ Version: '2012-10-17', Statement }).length;
  for (let at = 0; ; at++) {
    const next = own(make(at));
    length += JSON.stringify(next).length + 1;
    if (length > most) return { Version: '2012-10-17', Statement };
    Statement.push(next);
  }
}

const question = (first: readonly Statement[], make: (at: number) => Statement) => ({
  authorizationType: 'AWS_IAM',
  endpointPolicy: filled(20_480, 'other', first, make),
  resourcePolicy: filled(8192, 'other', first, make),
  identityPolicies: [filled(10_240, 'identity', [], make)],
  permissionsBoundary: filled(10_240, 'identity', [], make),
  request: {
    principal: 'arn:aws:iam::123412341234:user/alice',
    resource: `${API}/prod/GET/pets`,
    context: { 'acme:k': 'v' },
  },
});

export const largest: Readonly<Record<string, ReturnType<typeof question>>> = {
  'statements that nearly apply': question([], (at) => allow({ Resource: `${API}/Prod/GET/${at}` })),
  'Denies that all apply': question([allow()], () => deny({ Action: '*', Resource: '*' })),
  'Denies with conditions': question([allow()], (at) =>
    deny({ Condition: { StringNotEquals: { [`acme:k${at}`]: 'v' } } }),
  ),
  'Denies with wildcards': question([allow()], () => deny({ Action: 'execute-api:*', Resource: `${API}/*/G?T/*` })),
  'conditions that nearly hold': question([], (at) =>
    allow({ Condition: { StringEquals: { 'acme:k': `v${at}`, [`acme:k${at}`]: 'v' } } }),
  ),
  'one long list': question([], (at) =>
    allow({ Resource: Array.from({ length: 100 }, (_, i) => `${API}/Prod/GET/${at}/${i}`) }),
  ),
};
