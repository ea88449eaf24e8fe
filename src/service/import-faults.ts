import type { Issue } from '../policy/issue.js';
import { ServiceError } from './errors.js';

/** More than this helps nobody. */
const MOST_ISSUES = 1000;

/** The first issues of an import, and whether there are more: a large one can cause millions. */
export class IssueList<T extends Issue> implements Iterable<T> {
  readonly #kept: T[] = [];
  #hasMore = false;

  add(issue: T): void {
    if (this.#kept.length < MOST_ISSUES) this.#kept.push(issue);
    else this.#hasMore = true;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#kept.values();
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }
}

export const MORE_ISSUES: Issue = { pointer: '', code: 'more-issues', detail: 'there are more, which are not shown' };

/** In the order in which they decide what the whole request is called. */
const MESSAGES = {
  'malformed-request': 'the import is malformed: nothing was imported',
  'invalid-policy': 'the import holds policy documents that are not valid: nothing was imported',
  'unknown-attached-policy': 'the import holds records that name policies which do not exist: nothing was imported',
};

type FaultCode = keyof typeof MESSAGES;

/** Everything that keeps an import from being made, to be told at once. */
export class ImportFaults {
  readonly #codes = new Set<FaultCode>();
  readonly #issues = new IssueList<Issue>();

  add(code: FaultCode, { pointer, code: fault, detail }: Issue): void {
    this.#codes.add(code);
    this.#issues.add({ pointer, code: fault, detail });
  }

  /** @param base pointer of what the issues' pointers are relative to */
  addAll(code: FaultCode, issues: Iterable<Issue>, base = ''): void {
    for (const issue of issues) this.add(code, { ...issue, pointer: base + issue.pointer });
  }

  /** @throws ServiceError */
  refuse(): void {
    for (const [code, message] of Object.entries(MESSAGES) as [FaultCode, string][]) {
      if (!this.#codes.has(code)) continue;
      throw new ServiceError(code, message, [...this.#issues]);
    }
  }
}
