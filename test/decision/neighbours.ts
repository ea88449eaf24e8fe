/** Calls that are like another but for one thing: what a change for that one should not reach. */
interface Call {
  readonly principal: string;
  readonly action?: string;
  readonly resource: string;
}

const CALLERS = [
  'anonymous',
  'arn:aws:iam::123412341234:user/neighbour',
  'arn:aws:iam::123412341234:user/path/alice',
  'arn:aws:iam::123412341234:role/neighbour',
  'arn:aws:sts::123412341234:assumed-role/neighbour/s1',
  'arn:aws:iam::123412341234:root',
  'arn:aws:iam::999988887777:user/alice',
  'arn:aws:sts::123412341234:federated-user/neighbour',
  'lambda.amazonaws.com',
];

const VERBS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** At least 20, none of which is the call itself: other principals, sessions, actions, verbs, paths, stages and APIs. */
export function neighboursOf<T extends Call>(call: T): T[] {
  const { principal, resource, action = 'execute-api:Invoke' } = call;
  const callers = [...CALLERS, ...sameRole(principal), swapCase(principal)].filter(
    (each) => each !== principal && !(each === 'ANONYMOUS'),
  );
  const actions = ['execute-api:InvalidateCache', 'execute-api:ManageConnections', 'execute-api:Invoke'].filter(
    (each) => each.toLowerCase() !== action.toLowerCase(),
  );
  const arns = [...otherArns(resource)].filter((each) => each !== resource);
  return [
    ...callers.map((each) => ({ ...call, principal: each })),
    ...actions.map((each) => ({ ...call, action: each })),
    ...arns.map((each) => ({ ...call, resource: each })),
    { ...call, principal: CALLERS[1]!, resource: arns[0]! },
  ];
}

function sameRole(principal: string): string[] {
  const [, head, role, session] = /^(arn:[^:]+:sts::\d+:assumed-role\/)([^/]+)\/(.+)$/.exec(principal) ?? [];
  if (head !== undefined) return [`${head}${role}/${session}x`, `${head}${role}x/${session}`];
  return /:(user|role)\//.test(principal) ? [`${principal}x`] : [];
}

const swapCase = (text: string): string => {
  const slash = text.lastIndexOf('/') + 1;
  const name = text.slice(slash);
  return slash === 0
    ? text
    : text.slice(0, slash) + (name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase());
};

function* otherArns(resource: string): Iterable<string> {
  const parts = resource.split(':');
  const [api = '', stage = '', verb = '', ...path] = parts.slice(5).join(':').split('/');
  const head = parts.slice(0, 5).join(':');
  const rest = path.join('/');
  for (const other of VERBS) yield `${head}:${api}/${stage}/${other}/${rest}`;
  for (const other of ['', `${rest}/`, `${rest}/1`, `${rest}x`, 'neighbour', rest.toUpperCase()]) {
    yield `${head}:${api}/${stage}/${verb}/${other}`;
  }
  yield `${head}:${api}/${stage}x/${verb}/${rest}`;
  yield `${head}:${api}x/${stage}/${verb}/${rest}`;
  yield `${head}:zzzzz99999/${stage}/${verb}/${rest}`;
  yield [...parts.slice(0, 4), '999988887777', ...parts.slice(5)].join(':');
  yield [...parts.slice(0, 3), 'eu-west-3', ...parts.slice(4)].join(':');
}
