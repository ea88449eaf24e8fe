import { expect } from 'vitest';
import type { Remedy } from '../../src/decision/remedies.js';
import { patched } from '../decision/apply.js';
import { allowAll, api, endpoint, type Postern, postern, stored } from './postern.js';

export type Records = Readonly<Record<string, object>>;

export async function served(records: Records, settings: Readonly<Record<string, string>> = {}): Promise<Postern> {
  const made = await postern(settings);
  // What a record names has to be there before it.
  const policies = (path: string) => Number(path.startsWith('policies/'));
  const order = Object.entries(records).sort(([a], [b]) => policies(b) - policies(a));
  for (const [path, body] of order) await stored(made, path, body);
  return made;
}

const HEADS = ['endpointId', 'apiId', 'revision', 'createdAt', 'updatedAt'];
const KINDS = { endpoint: 'endpoint', resource: 'resource' } as Readonly<Record<string, string>>;
const FIELDS = {
  authorizer: 'authorizerPolicy',
  identity: 'identityPolicies',
  boundary: 'permissionsBoundary',
  session: 'sessionPolicies',
} as Readonly<Record<string, string>>;

/** What a program does with a remedy: reads, patches and writes what it names. @returns the request to make then */
async function carriedOut({ http }: Postern, request: object, { changes }: Remedy): Promise<object> {
  let asked = request;
  for (const { target, layer = '', name, version, index, patch } of changes) {
    if (target === 'request') {
      asked = patched(asked, patch);
    } else if (target === 'policy' && typeof name === 'string') {
      const path = `/v1/policies/${KINDS[layer] ?? 'identity'}/${name}`;
      const read =
        version === null ? undefined : (await http.get(`${path}/versions/${version}`).expect(200)).body.document;
      await http
        .put(path)
        .send({ document: patched(read, patch) })
        .expect(version === null ? 201 : 200);
    } else if (target === 'policy') {
      const base = `/${FIELDS[layer]}${index === undefined ? '' : `/${index}`}`;
      asked = patched(
        asked,
        patch.map((operation) => ({ ...operation, path: base + operation.path })),
      );
    } else {
      const path = `/v1/${target === 'endpoint' ? 'endpoints' : 'apis'}/${name}`;
      const { body } = await http.get(path).expect(200);
      const record = Object.fromEntries(Object.entries(body).filter(([member]) => !HEADS.includes(member)));
      await http.put(path).send(patched(record, patch)).expect(200);
    }
  }
  return asked;
}

/** The remedies of a denied call, each carried out on a Postern of its own and seen to allow the call. */
export async function remediesOf(records: Records, request: object, settings: Readonly<Record<string, string>> = {}) {
  const { body: answer } = await (await served(records, settings)).http
    .post('/v1/decisions/explain')
    .send(request)
    .expect(200);
  expect(answer.decision).toBe('Deny');
  for (const remedy of answer.remedies as readonly Remedy[]) {
    const fresh = await served(records, settings);
    const asked = await carriedOut(fresh, request, remedy);
    const { body: decision } = await fresh.http.post('/v1/decisions').send(asked).expect(200);
    expect(decision.decision, remedy.summary).toBe('Allow');
  }
  return answer as {
    readonly reason: string;
    readonly summary: readonly string[];
    readonly remedies: readonly Remedy[];
  };
}

export const summaries = ({ remedies }: { readonly remedies: readonly Remedy[] }) =>
  remedies.map(({ summary, widens }) => `${widens ? 'widens: ' : ''}${summary}`);

export const open: Records = {
  'policies/resource/open': { document: allowAll },
  'endpoints/vpce-1a2b3c4d': endpoint({ region: 'us-east-1' }),
  'apis/a1b2c3d4e5': api({ policy: 'open' }),
};
