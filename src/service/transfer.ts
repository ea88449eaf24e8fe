import type { Store } from '../store/store.js';
import { type ImportIssue, ImportIssues } from './aws-entry.js';
import { awsRecords } from './aws-records.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { type AwsOutput, readAwsOutput } from './import-aws.js';
import { ImportFaults } from './import-faults.js';
import { type Plan, type PlannedChange, planImport } from './import-plan.js';
import type { PolicyLimits } from './policy-sources.js';
import { danglingReferences, readStoreDocument, type StoreDocument, writeStoreDocument } from './store-document.js';
import type { AtRevision, Author, Writer } from './writer.js';

interface ImportOptions extends Author {
  /** Tell what would change, and change nothing. */
  readonly dryRun: boolean;
}

/** What an import changed, or would change; both lists are the same. */
export interface ImportAnswer {
  readonly dryRun: boolean;
  /** The state that the import left behind, or that a dry run was compared with. */
  readonly revision: number;
  /** Policies, endpoints, APIs; each by kind and bytewise by id. */
  readonly changes: readonly PlannedChange[];
  /** How many of the things imported are stored already. */
  readonly unchanged: number;
  /** The worst first, then as in the request. */
  readonly issues: readonly ImportIssue[];
}

/** The whole store as one document, out and in, and what AWS has. An import is one revision, or nothing. */
export class Transfer {
  constructor(
    private readonly store: Pick<Store, 'document'>,
    private readonly directory: Directory,
    private readonly writer: Pick<Writer, 'writeAll'>,
    private readonly limits: PolicyLimits,
  ) {}

  /** The text of a `StoreDocument`, piece by piece, as of the revision at which this is called. */
  export(): AtRevision<AsyncIterable<string>> {
    const { revision } = this.directory;
    return { revision, value: writeStoreDocument(this.directory, (digest) => this.#text(digest)) };
  }

  /**
   * @param options.prune whether everything goes that the document does not hold
   * @throws ServiceError `malformed-request`, `invalid-policy`, `unknown-attached-policy` with every fault; `conflict`
   */
  async import(
    body: StoreDocument,
    { prune, ...options }: ImportOptions & { readonly prune: boolean },
  ): Promise<ImportAnswer> {
    const faults = new ImportFaults();
    if (prune) faults.addAll('malformed-request', missingLists(body));
    const wanted = await readStoreDocument(body, this.limits, faults);
    // From here to the commit nothing awaits: the plan is made from one state.
    faults.addAll('unknown-attached-policy', danglingReferences(wanted, this.directory, prune));
    faults.refuse();
    return this.#carryOut(planImport(wanted, this.directory, prune), new ImportIssues(), options);
  }

  /**
   * Nothing is ever deleted: the output of one account and Region says nothing of the others.
   * @param options.strict whether one bad entry stops the import
   * @param options.dedupe whether identical documents become one policy
   * @throws ServiceError `conflict`; with `strict` also `malformed-request`, `invalid-policy`
   */
  async importAws(
    output: AwsOutput,
    { strict, dedupe, ...options }: ImportOptions & { readonly strict: boolean; readonly dedupe: boolean },
  ): Promise<ImportAnswer> {
    const inventory = await readAwsOutput(output, this.limits);
    // From here to the commit nothing awaits: the plan is made from one state.
    const wanted = awsRecords(output, inventory, this.directory, dedupe);
    if (strict) refuse(inventory.issues.errors);
    return this.#carryOut(planImport(wanted, this.directory, false), inventory.issues, options);
  }

  async #carryOut(
    { planned, changes, unchanged }: Plan,
    issues: ImportIssues,
    { dryRun, ...author }: ImportOptions,
  ): Promise<ImportAnswer> {
    const { revision } = dryRun || changes.length === 0 ? this.directory : await this.#commit(changes, author);
    return { dryRun, revision, changes: planned, unchanged, issues: issues.shown() };
  }

  async #commit(changes: Plan['changes'], author: Author): Promise<{ readonly revision: number }> {
    try {
      return await this.writer.writeAll(changes, author);
    } catch (error) {
      if (!(error instanceof ServiceError) || !MOVED.includes(error.code)) throw error;
      const message = `the store was changed while this was prepared, and nothing was imported: ${error.message}`;
      throw new ServiceError('conflict', message, [], { cause: error });
    }
  }

  async #text(digest: string): Promise<string> {
    const text = await this.store.document(digest);
    if (text === undefined) throw new Error(`the store has no document ${digest}`);
    return text;
  }
}

/** What a plan that was right when it was made can only meet when somebody else has written since. */
const MOVED: readonly string[] = ['precondition-failed', 'not-found', 'unknown-attached-policy', 'policy-attached'];

/** A list that was left out by mistake must not delete everything of its type. */
const missingLists = (body: StoreDocument) =>
  (['policies', 'endpoints', 'apis'] as const)
    .filter((list) => body[list] === undefined)
    .map((list) => {
      const detail = `\`${list}\` is missing: with \`prune\` write \`[]\` if none are to stay`;
      return { pointer: '', code: 'missing-member', detail };
    });

/** Members of AWS's output that hold a policy document as a string. */
const IN_DOCUMENT = /^\/(?:vpcEndpoints\/VpcEndpoints\/\d+\/PolicyDocument|restApis\/items\/\d+\/policy)(?:\/|$)/;

/** @throws ServiceError if there are any */
function refuse(errors: Iterable<ImportIssue>): void {
  const faults = new ImportFaults();
  for (const issue of errors) {
    faults.add(IN_DOCUMENT.test(issue.pointer) ? 'invalid-policy' : 'malformed-request', issue);
  }
  faults.refuse();
}
