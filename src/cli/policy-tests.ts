import { dirname, resolve } from 'node:path';
import type { Layer, Reason } from '../decision/decision.js';
import { checkOf } from '../http/schemas.js';
import type { SimulationBody } from '../service/decision-request.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { JsonInput } from './input.js';
import { MAX_SMALL_FILE, readJson } from './input.js';
import { policyTestSchema } from './policy-test-schema.js';
import { labelKey } from './question.js';
import type { Mount, Source } from './source.js';
import type { Terminal } from './terminal.js';
import { readYaml } from './yaml-input.js';

/** The tests of one file. */
export interface TestFile {
  readonly file: string;
  readonly name: string;
  readonly tests: readonly PolicyTest[];
}

/** A question, and what the answer must be. */
export interface PolicyTest {
  readonly name: string;
  readonly line: number;
  readonly body: SimulationBody;
  readonly expected: Expected;
  /** Which file brought what of the question. */
  readonly mounts: readonly Mount[];
  readonly labels: ReadonlyMap<string, string>;
}

/** What was not said may be anything. */
export interface Expected {
  readonly decision: 'Allow' | 'Deny';
  readonly reason?: Reason;
  readonly layer?: Layer;
  /** The Sid or the pointer of a statement that decided. */
  readonly statement?: string;
}

/** A test file as it is written, once it has the shape of `policyTestSchema`. */
interface Written {
  readonly name?: string;
  readonly given?: Members;
  readonly request?: Members;
  readonly tests: readonly {
    readonly name: string;
    readonly given?: Members;
    readonly request?: Members;
    readonly expect: Expected | Expected['decision'];
  }[];
}

type Members = Readonly<Record<string, unknown>>;

/** @throws Failure with every fault of the file */
export async function readTests(terminal: Terminal, path: string): Promise<TestFile> {
  const { value, source } = await readYaml(terminal, path);
  const issues = checkOf(policyTestSchema)(value);
  if (issues.length > 0) {
    throw new Failure(EXIT.unusable, `${source.name} is no file of policy tests`, issues, [{ at: '', source }]);
  }
  const written = value as Written;
  const assembler = new Assembler(terminal, path, source, written);
  const tests: PolicyTest[] = [];
  for (const at of written.tests.keys()) tests.push(await assembler.test(at));
  return { file: source.name, name: written.name ?? source.name, tests };
}

/** Puts questions together: what a test says, else what its file says for all, with the policies that lie in files. */
class Assembler {
  readonly #files = new Map<string, JsonInput>();

  constructor(
    private readonly terminal: Terminal,
    private readonly path: string,
    private readonly source: Source,
    private readonly written: Written,
  ) {}

  async test(at: number): Promise<PolicyTest> {
    const { source, written } = this;
    const test = written.tests[at]!;
    const mounts: Mount[] = [];
    const labels = new Map<string, string>();
    const body: Record<string, unknown> = {};
    for (const [field, [value, base]] of this.#members(at, 'given')) {
      body[field] = await this.#withFiles(value, `/${field}`, mounts, (name, index) => {
        const layer = LAYERS[field];
        if (layer !== undefined) labels.set(labelKey(layer, index), name);
      });
      mounts.push({ at: `/${field}`, source, base });
    }
    const request: Record<string, unknown> = {};
    for (const [field, [value, base]] of this.#members(at, 'request')) {
      request[field] = value;
      mounts.push({ at: `/request/${field}`, source, base });
    }
    // What is missing in it is told at the test, and it is the outermost.
    mounts.push({ at: '', source, base: `/tests/${at}` });
    const expected = typeof test.expect === 'string' ? { decision: test.expect } : test.expect;
    const [place] = source.placesOf([`/tests/${at}`]);
    const whole = { ...body, request } as unknown as SimulationBody;
    return { name: test.name, line: place!.line, body: whole, expected, mounts, labels };
  }

  /** Members of the file's `given` or `request` and over them those of a test, each with its pointer. */
  #members(at: number, part: 'given' | 'request'): Map<string, [value: unknown, pointer: string]> {
    const members = new Map<string, [unknown, string]>();
    const parts = [
      [this.written[part], `/${part}`],
      [this.written.tests[at]![part], `/tests/${at}/${part}`],
    ] as const;
    for (const [values, base] of parts) {
      for (const [field, value] of Object.entries(values ?? {})) members.set(field, [value, `${base}/${field}`]);
    }
    return members;
  }

  /** `{ file: … }` in place of a policy is what that file holds. */
  async #withFiles(
    value: unknown,
    at: string,
    mounts: Mount[],
    name: (file: string, index?: number) => void,
    index?: number,
  ): Promise<unknown> {
    if (Array.isArray(value)) {
      return Promise.all(value.map((each, place) => this.#withFiles(each, `${at}/${place}`, mounts, name, place)));
    }
    const file = fileOf(value);
    if (file === undefined) return value;
    const path = resolve(dirname(this.path), file);
    const input = this.#files.get(path) ?? (await readJson(this.terminal, path, MAX_SMALL_FILE));
    this.#files.set(path, input);
    mounts.push({ at, source: { ...input.source, name: file } });
    name(file, index);
    return input.value;
  }
}

function fileOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return undefined;
  const { file } = value as Members;
  return typeof file === 'string' ? file : undefined;
}

const LAYERS: Readonly<Record<string, Layer>> = {
  endpointPolicy: 'endpoint',
  resourcePolicy: 'resource',
  identityPolicies: 'identity',
  permissionsBoundary: 'boundary',
  sessionPolicies: 'session',
  authorizerPolicy: 'authorizer',
};
