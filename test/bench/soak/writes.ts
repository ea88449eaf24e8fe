import type { PolicyDocument, Statement } from '../../../src/policy/document.js';
import { storeDocument } from '../http/workload.js';
import { compile } from '../naive.mjs';
import type { Workload } from '../workload.mjs';
import type { State } from './states.js';

/** A write, and the state it leads to. */
export interface Write {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly state: State;
}

/** Writes without end: each kind in turn, to each record in turn, so that what is stored goes round and does not grow. */
export function* writes(workload: Workload, first: State): Generator<Write, never> {
  const names = { endpoints: Object.keys(workload.endpointPolicies), apis: Object.keys(workload.resourcePolicies) };
  let state = first;
  for (let at = 0; ; at++) {
    for (const make of kinds) {
      const write = make(state, at, names, workload);
      state = write.state;
      yield write;
    }
  }
}

interface Names {
  readonly endpoints: readonly string[];
  readonly apis: readonly string[];
}

/** @param at counts rounds of all kinds */
type Kind = (state: State, at: number, names: Names, workload: Workload) => Write;

const kinds: readonly Kind[] = [
  function endpointPolicy(state, at, { endpoints }, workload) {
    const { policies, withPolicies } = rewritten(state, workload, at, [turn(endpoints, at)]);
    const [{ name, document }] = policies as [Entry];
    return { method: 'PUT', path: `/v1/policies/endpoint/${name}`, body: { document }, state: withPolicies };
  },
  function resourcePolicy(state, at, { apis }, workload) {
    const { policies, withPolicies } = rewritten(state, workload, at, [turn(apis, at)]);
    const [{ name, document }] = policies as [Entry];
    return { method: 'PUT', path: `/v1/policies/resource/${name}`, body: { document }, state: withPolicies };
  },
  function endpoint(state, at, { endpoints }, workload) {
    const id = turn(endpoints, at);
    const policy = another(id, endpoints, at);
    const { endpointId: _, ...record } = recordsOf(workload).endpoints.find((each) => each.endpointId === id)!;
    const body = { ...record, policy, description: `written ${at}` };
    const changed = { ...state, endpoints: new Map(state.endpoints).set(id, policy) };
    return { method: 'PUT', path: `/v1/endpoints/${id}`, body, state: changed };
  },
  function api(state, at, { apis }, workload) {
    const id = turn(apis, at);
    const policy = another(id, apis, at);
    const { apiId: _, ...record } = recordsOf(workload).apis.find((each) => each.apiId === id)!;
    const body = { ...record, policy, description: `written ${at}` };
    const changed = { ...state, apis: new Map(state.apis).set(id, policy) };
    return { method: 'PUT', path: `/v1/apis/${id}`, body, state: changed };
  },
  function removal(state, at, { endpoints }) {
    const id = turn(endpoints, at + 1);
    const left = new Map(state.endpoints);
    left.delete(id);
    return { method: 'DELETE', path: `/v1/endpoints/${id}`, state: { ...state, endpoints: left } };
  },
  /** Two policies and the endpoint that was removed, all at once. */
  function imported(state, at, { endpoints, apis }, workload) {
    const id = turn(endpoints, at + 1);
    const { policies, withPolicies } = rewritten(state, workload, at, [turn(endpoints, at + 2), turn(apis, at + 4)]);
    return {
      method: 'POST',
      path: '/v1/import',
      body: {
        formatVersion: 1,
        policies,
        endpoints: recordsOf(workload).endpoints.filter(({ endpointId }) => endpointId === id),
      },
      state: { ...withPolicies, endpoints: new Map(state.endpoints).set(id, id) },
    };
  },
];

const turn = <T>(items: readonly T[], at: number): T => items[at % items.length]!;

/** Its own policy, that of another, or none. */
const another = (own: string, all: readonly string[], at: number): string | null =>
  turn([turn(all, at + 1), null, own], Math.floor(at / all.length));

type Entry = ReturnType<typeof recordsOf>['policies'][number];
const recordsOf = storeDocument;

/** What a policy says, from one time to the next. */
const variants: readonly ((statements: readonly Statement[]) => readonly Statement[])[] = [
  (statements) => statements.slice(0, 3),
  (statements) => [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:*', Resource: '*' }, ...statements],
  (statements) => statements.filter(({ Effect }) => Effect === 'Allow'),
  (statements) => statements,
];

/** New texts each time, also where they say the same, so that compiled policies come and go as in a life of years. */
function rewritten(state: State, workload: Workload, at: number, names: readonly string[]) {
  const policies = recordsOf(workload)
    .policies.filter(({ name }) => names.includes(name))
    .map((entry) => {
      const statements = turn(variants, at >> 2)(entry.document.Statement as readonly Statement[]);
      const document: PolicyDocument = { Version: '2012-10-17', Id: `written ${at}`, Statement: statements };
      return { ...entry, document };
    });
  const withPolicies = {
    ...state,
    policies: new Map([...state.policies, ...policies.map(({ name, document }) => [name, compile(document)] as const)]),
  };
  return { policies, withPolicies };
}
