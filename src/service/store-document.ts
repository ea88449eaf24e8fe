import { setImmediate } from 'node:timers/promises';
import { POLICY_KINDS, type PolicyKind } from '../policy/document.js';
import { type Issue, pointerTo } from '../policy/issue.js';
import { parsePolicy } from '../policy/parse.js';
import type { PolicyHead } from '../store/store.js';
import type { Directory } from './directory.js';
import type { ImportFaults } from './import-faults.js';
import type { Wanted, WantedPolicy, WantedRecord } from './import-plan.js';
import { inTurns } from './in-turns.js';
import { orderedApi, orderedEndpoint } from './ordered-records.js';
import { digestOf } from './pap.js';
import type { PolicyLimits } from './policy-sources.js';
import { type Api, type ApiBody, type Endpoint, type EndpointBody, recordIssues } from './records.js';

/**
 * The whole store, or a part of it, as one document: what its writers wrote. No history, revisions and times: those are
 * what happened to one store, and a document that is imported elsewhere and exported again must be the same text.
 */
export interface StoreDocument {
  readonly formatVersion: 1;
  readonly policies?: readonly PolicyEntry[];
  readonly endpoints?: readonly EndpointEntry[];
  readonly apis?: readonly ApiEntry[];
}

export interface PolicyEntry {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly description?: string;
  readonly document: unknown;
}

export type EndpointEntry = EndpointBody & { readonly endpointId: string };
export type ApiEntry = ApiBody & { readonly apiId: string };

const STORE_DOCUMENT_FORMAT = 1;

/** What a document, of the right shape, wants to be stored; what is wrong with it goes to `faults`. */
export async function readStoreDocument(
  { policies, endpoints, apis }: StoreDocument,
  limits: PolicyLimits,
  faults: ImportFaults,
): Promise<Wanted> {
  const wanted = {
    policies: [] as WantedPolicy[],
    endpoints: [] as WantedRecord<EndpointBody>[],
    apis: [] as WantedRecord<ApiBody>[],
  };
  const once = onlyOnce(faults);
  for await (const [{ kind, name, description, document }, index] of inTurns(policies ?? [])) {
    const pointer = `/policies/${index}`;
    once(`policy ${kind}/${name}`, pointer);
    const parsed = parsePolicy(kind, document, limits[kind]);
    if (!parsed.ok) faults.addAll('invalid-policy', parsed.errors, `${pointer}/document`);
    const text = JSON.stringify(document);
    wanted.policies.push({ kind, name, document: text, digest: digestOf(text), description: description ?? null });
  }
  for await (const [{ endpointId: id, ...body }, index] of inTurns(endpoints ?? [])) {
    once(`endpoint ${id}`, `/endpoints/${index}`);
    faults.addAll('malformed-request', recordIssues(body), `/endpoints/${index}`);
    wanted.endpoints.push({ id, body });
  }
  for await (const [{ apiId: id, ...body }, index] of inTurns(apis ?? [])) {
    once(`api ${id}`, `/apis/${index}`);
    faults.addAll('malformed-request', recordIssues(body), `/apis/${index}`);
    wanted.apis.push({ id, body });
  }
  return wanted;
}

/** Two entries for one thing: which of them is meant? */
function onlyOnce(faults: ImportFaults): (thing: string, pointer: string) => void {
  const first = new Map<string, string>();
  return (thing, pointer) => {
    const before = first.get(thing);
    if (before === undefined) first.set(thing, pointer);
    else faults.add('malformed-request', { pointer, code: 'duplicate-entry', detail: `\`${before}\` is the same one` });
  };
}

/** Where the records of a document name policies that would not exist once it is imported. */
export function danglingReferences(wanted: Wanted, directory: Directory, prune: boolean): Issue[] {
  const brought = new Set(wanted.policies.map(({ kind, name }) => `${kind}/${name}`));
  const exists = (kind: PolicyKind, name: string): boolean =>
    brought.has(`${kind}/${name}`) || (!prune && directory.policy(kind, name) !== undefined);
  const dangling = (
    list: string,
    kind: PolicyKind,
    records: readonly WantedRecord<EndpointBody | ApiBody>[],
  ): Issue[] =>
    records.flatMap(({ body: { policy } }, index) => {
      if (policy === null || exists(kind, policy)) return [];
      const detail = `there is no ${kind} policy \`${policy}\`${prune ? ' in this document' : ''}`;
      return [{ pointer: `${pointerTo(list, index)}/policy`, code: 'unknown-policy', detail }];
    });
  return [...dangling('/endpoints', 'endpoint', wanted.endpoints), ...dangling('/apis', 'resource', wanted.apis)];
}

/** At most this many documents are fetched at once, and texts are handed on in pieces of about their size. */
const PER_PIECE = 64;

/**
 * The text of the document that holds a whole directory: sorted, and one entry to a line, so that two of them differ
 * where the stores do. What is exported is fixed when this is called; documents are fetched as the text is read.
 */
export function writeStoreDocument(
  directory: Directory,
  documentText: (digest: string) => Promise<string>,
): AsyncIterable<string> {
  const heads = POLICY_KINDS.flatMap((kind) => directory.policies(kind).page(EVERYTHING));
  const endpoints = directory.endpoints.page(EVERYTHING);
  const apis = directory.apis.page(EVERYTHING);
  const policyLine = async ({ kind, name, description, digest }: PolicyHead): Promise<string> => {
    const entry = JSON.stringify({ kind, name, description: description ?? undefined });
    // The stored text as it is: parsed and printed again it would be the same.
    return `${entry.slice(0, -1)},"document":${await documentText(digest)}}`;
  };
  const endpointLine = ({ id, body }: Endpoint): string =>
    JSON.stringify({ endpointId: id, ...orderedEndpoint(body) } satisfies EndpointEntry);
  const apiLine = ({ id, body }: Api): string => JSON.stringify({ apiId: id, ...orderedApi(body) } satisfies ApiEntry);
  return (async function* () {
    yield `{\n"formatVersion": ${STORE_DOCUMENT_FORMAT},\n"policies": [`;
    yield* lines(heads, policyLine);
    yield '\n],\n"endpoints": [';
    yield* lines(endpoints, endpointLine);
    yield '\n],\n"apis": [';
    yield* lines(apis, apiLine);
    yield '\n]\n}\n';
  })();
}

const EVERYTHING = { prefix: '', after: null, limit: Number.POSITIVE_INFINITY };

async function* lines<T>(items: readonly T[], line: (item: T) => string | Promise<string>): AsyncGenerator<string> {
  for (let start = 0; start < items.length; start += PER_PIECE) {
    // The embedded database answers at once: without this, nothing else would run until all is read.
    await setImmediate();
    const texts = await Promise.all(items.slice(start, start + PER_PIECE).map(line));
    yield `${start === 0 ? '' : ','}\n${texts.join(',\n')}`;
  }
}
