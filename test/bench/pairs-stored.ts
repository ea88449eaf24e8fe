import { createHash } from 'node:crypto';
import type { CompiledPolicies as CompiledPoliciesType } from '../../src/service/compiled-policies.js';
import type { Directory as DirectoryType } from '../../src/service/directory.js';
import type { PolicyHead, StoredRecord } from '../../src/store/store.js';
import { Random } from '../oracle/generator/random.js';
import { naive } from './contenders.js';
import { CompiledPolicies, Directory } from './engine.js';
import { collectGarbage } from './measure.js';
import { generate } from './workload.mjs';

/** Many endpoints and APIs, each with a policy of its own, in memory and compiled. */
export interface StoredPairs {
  readonly directory: DirectoryType;
  readonly compiled: CompiledPoliciesType;
  /** What a compiled policy takes in the heap and beside it, in bytes. */
  readonly size: number;
  /** About pairs picked uniformly, in what no question has been before. */
  questions(count: number): Question[];
}

/** A request's text, and what the baseline answers to it. */
export interface Question {
  readonly text: string;
  readonly expected: number;
}

/** @param count of questions that will be asked */
export async function storedPairs(pairs: number, statements: number, count: number): Promise<StoredPairs> {
  const templates = drawTemplates(statements, Math.min(MOST_WORKLOADS, Math.ceil(pairs / TEMPLATES)), count);
  const pairOf = (number: number): Pair => ({
    template: templates[number % templates.length]!,
    endpoint: `vpce-${number.toString(16).padStart(17, '0')}`,
    api: number.toString(36).padStart(10, '0'),
  });
  const texts = new Map<string, () => string>();
  const policies: PolicyHead[] = [];
  const records: StoredRecord[] = [];
  for (let number = 0; number < pairs; number++) {
    const pair = pairOf(number);
    const { template, endpoint, api } = pair;
    const put = (kind: 'endpoint' | 'resource', name: string, document: string): void => {
      const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
      texts.set(digest, () => renamed(document, pair));
      policies.push({ kind, name, version: 1, digest, description: null, ...written });
    };
    put('endpoint', endpoint, template.endpointPolicy);
    put('resource', api, template.resourcePolicy);
    records.push({ type: 'endpoint', id: endpoint, policy: endpoint, body: '{"vpcId":"vpc-1a2b3c4d"}', ...written });
    records.push({ type: 'api', id: api, policy: api, body: API, ...written });
  }
  const compiled = new CompiledPolicies(async (digest) => texts.get(digest)?.(), ROOM);
  const before = memory();
  for (const digest of texts.keys()) await compiled.get(digest);
  const size = (memory() - before) / texts.size;
  const random = new Random(pairs);
  const question = (): Question => {
    for (;;) {
      const pair = pairOf(random.below(pairs));
      const asked = pair.template.questions.pop();
      if (asked !== undefined) return { ...asked, text: renamed(asked.text, pair) };
    }
  };
  return {
    directory: new Directory({ revision: 1, policies, records }),
    compiled,
    size,
    questions: (count) => Array.from({ length: count }, question),
  };
}

/** Typed arrays are beside the heap. */
function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** One endpoint and one API of a workload, which many stored pairs are copied from under other names. */
interface Template {
  readonly endpoint: string;
  readonly api: string;
  readonly endpointPolicy: string;
  readonly resourcePolicy: string;
  readonly questions: Question[];
}

interface Pair {
  readonly template: Template;
  readonly endpoint: string;
  readonly api: string;
}

/** The new names stand nowhere else in the workload, so that what the baseline says of the template is true of the pair. */
const renamed = (text: string, { template, endpoint, api }: Pair): string =>
  text.replaceAll(template.endpoint, endpoint).replaceAll(template.api, api);

/** How many templates a workload makes: four endpoints with eight APIs each. */
const TEMPLATES = 32;
const MOST_WORKLOADS = 16;
/** More questions than will be asked: some templates are asked about more often than others. */
const SPARE = 1.5;
const SEED = 20_261_123;

function drawTemplates(statements: number, workloads: number, count: number): Template[] {
  return Array.from({ length: workloads }, (_, at) => {
    const { requests, ...policies } = generate(statements, SEED + at, Math.ceil((count * SPARE) / workloads));
    const { fresh, judge } = naive(policies);
    const questions = new Map<string, Question[]>();
    for (const request of requests) {
      const text = JSON.stringify(request);
      const key = `${request.endpoint} ${request.api}`;
      questions.set(key, [...(questions.get(key) ?? []), { text, expected: judge(fresh(text)) }]);
    }
    return Object.entries(policies.endpointPolicies).flatMap(([endpoint, endpointPolicy]) =>
      Object.entries(policies.resourcePolicies).map(([api, resourcePolicy]) => ({
        endpoint,
        api,
        endpointPolicy: JSON.stringify(endpointPolicy),
        resourcePolicy: JSON.stringify(resourcePolicy),
        questions: questions.get(`${endpoint} ${api}`) ?? [],
      })),
    );
  }).flat();
}

const API = '{"accountId":"123412341234","region":"us-east-1"}';
const written = { revision: 1, createdAt: '2026-11-23T00:00:00.000Z', updatedAt: '2026-11-23T00:00:00.000Z' };
/** Nothing of what was compiled is to be forgotten. */
const ROOM = 2 ** 40;
