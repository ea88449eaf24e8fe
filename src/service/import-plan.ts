import { POLICY_KINDS, type PolicyKind } from '../policy/document.js';
import type { AttachableType, Change } from '../store/store.js';
import type { Directory } from './directory.js';
import { orderedApi, orderedEndpoint } from './ordered-records.js';
import type { ApiBody, EndpointBody } from './records.js';
import type { Sorted } from './sorted-map.js';

/** What an import wants to be stored, every part of it judged as a `PUT` would be. */
export interface Wanted {
  readonly policies: readonly WantedPolicy[];
  readonly endpoints: readonly WantedRecord<EndpointBody>[];
  readonly apis: readonly WantedRecord<ApiBody>[];
}

export interface WantedPolicy {
  readonly kind: PolicyKind;
  readonly name: string;
  /** The document's text, and its digest. */
  readonly document: string;
  readonly digest: string;
  readonly description: string | null;
}

export interface WantedRecord<Body> {
  readonly id: string;
  readonly body: Body;
}

/** One thing that an import changes. `id` is a policy's name, or the id of a record. */
export interface PlannedChange {
  readonly op: 'create' | 'replace' | 'delete';
  readonly type: 'policy' | AttachableType;
  /** Of a policy. */
  readonly kind?: PolicyKind;
  readonly id: string;
  /** Of a replacement: the members that become others. */
  readonly members?: readonly string[];
}

export interface Plan {
  /** By type (policies, endpoints, APIs), then by kind, then bytewise by id. */
  readonly planned: readonly PlannedChange[];
  /** The same for the store: what is named comes before what names it, and goes after it. */
  readonly changes: readonly Change[];
  /** How many of the things wanted are there already. */
  readonly unchanged: number;
}

/**
 * How to get from what is stored to what is wanted. Each change carries the state that it was planned from as its
 * precondition: whoever writes in between is not overwritten, but makes the whole import fail.
 * @param prune whether what is stored and not wanted goes
 */
export function planImport(wanted: Wanted, directory: Directory, prune: boolean): Plan {
  const { endpoints, apis } = directory;
  const steps = [
    inOrder([...policySteps(wanted.policies, directory, prune)]),
    inOrder([...recordSteps('endpoint', wanted.endpoints, orderedEndpoint, endpoints, prune)]),
    inOrder([...recordSteps('api', wanted.apis, orderedApi, apis, prune)]),
  ];
  const all = steps.flat();
  const puts = all.filter(({ change }) => change.op === 'put');
  const deletes = steps.reverse().flatMap((each) => each.filter(({ change }) => change.op === 'delete'));
  return {
    planned: all.map(({ planned }) => planned),
    changes: [...puts, ...deletes].map(({ change }) => change),
    unchanged: wanted.policies.length + wanted.endpoints.length + wanted.apis.length - puts.length,
  };
}

interface Step {
  readonly planned: PlannedChange;
  readonly change: Change;
}

/** In the order of an export. */
const inOrder = (steps: Step[]): Step[] => {
  const rank = ({ planned: { kind } }: Step): number => (kind === undefined ? 0 : POLICY_KINDS.indexOf(kind));
  return steps.sort((a, b) => rank(a) - rank(b) || (a.planned.id < b.planned.id ? -1 : 1));
};

const absent = { ifNoneMatch: '*' } as const;
const still = ({ revision }: { readonly revision: number }) => ({ ifMatch: [revision] });

function* policySteps(wanted: readonly WantedPolicy[], directory: Directory, prune: boolean): Iterable<Step> {
  const keep = new Set<string>();
  for (const policy of wanted) {
    const { kind, name, digest, description } = policy;
    keep.add(`${kind}/${name}`);
    const stored = directory.policy(kind, name);
    const planned = { type: 'policy', kind, id: name } as const;
    const put = { op: 'put', type: 'policy', ...policy } as const;
    if (stored === undefined) {
      yield { planned: { op: 'create', ...planned }, change: { ...put, when: absent } };
      continue;
    }
    const members = [
      ...(stored.digest === digest ? [] : ['document']),
      ...(stored.description === description ? [] : ['description']),
    ];
    if (members.length === 0) continue;
    yield { planned: { op: 'replace', ...planned, members }, change: { ...put, when: still(stored) } };
  }
  if (!prune) return;
  for (const kind of POLICY_KINDS) {
    for (const stored of directory.policies(kind).values()) {
      const { name } = stored;
      if (keep.has(`${kind}/${name}`)) continue;
      const planned = { op: 'delete', type: 'policy', kind, id: name } as const;
      yield { planned, change: { op: 'delete', type: 'policy', kind, name, when: still(stored) } };
    }
  }
}

function* recordSteps<Body extends EndpointBody | ApiBody>(
  type: AttachableType,
  wanted: readonly WantedRecord<Body>[],
  ordered: (body: Body) => Body,
  records: Sorted<{ readonly id: string; readonly revision: number; readonly body: Body }>,
  prune: boolean,
): Iterable<Step> {
  const keep = new Set<string>();
  for (const { id, body } of wanted) {
    keep.add(id);
    const stored = records.get(id);
    const text = JSON.stringify(ordered(body));
    const put = { op: 'put', type, id, policy: body.policy, body: text } as const;
    if (stored === undefined) {
      yield { planned: { op: 'create', type, id }, change: { ...put, when: absent } };
    } else if (JSON.stringify(ordered(stored.body)) !== text) {
      const members = differing(ordered(stored.body), ordered(body));
      yield { planned: { op: 'replace', type, id, members }, change: { ...put, when: still(stored) } };
    }
  }
  if (!prune) return;
  for (const stored of records.values()) {
    const { id } = stored;
    if (keep.has(id)) continue;
    yield { planned: { op: 'delete', type, id }, change: { op: 'delete', type, id, when: still(stored) } };
  }
}

/** The names of the members of which one record has another value than the other, or none. Both have the same order. */
function differing(before: object, after: object): string[] {
  const old = new Map(Object.entries(before));
  return Object.entries(after).flatMap(([name, value]) =>
    JSON.stringify(old.get(name)) === JSON.stringify(value) ? [] : [name],
  );
}
