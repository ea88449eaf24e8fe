import type { Issue } from '../policy/issue.js';
import { IssueList, MORE_ISSUES } from './import-faults.js';

/** What is to be said of something imported. An `error` leaves the entry out; the others do not. */
export interface ImportIssue extends Issue {
  readonly severity: 'error' | 'warning' | 'info';
}

/** The issues of an import: of very many only the first of each severity. */
export class ImportIssues {
  readonly #lists = {
    error: new IssueList<ImportIssue>(),
    warning: new IssueList<ImportIssue>(),
    info: new IssueList<ImportIssue>(),
  };

  add(issue: ImportIssue): void {
    this.#lists[issue.severity].add(issue);
  }

  addAll(issues: Iterable<ImportIssue>): void {
    for (const issue of issues) this.add(issue);
  }

  get errors(): Iterable<ImportIssue> {
    return this.#lists.error;
  }

  /** The worst first. */
  shown(): ImportIssue[] {
    const lists = Object.values(this.#lists);
    const hasMore = lists.some((list) => list.hasMore);
    return [...lists.flatMap((list) => [...list]), ...(hasMore ? [{ ...MORE_ISSUES, severity: 'info' } as const] : [])];
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_FAULTS = 1000;

/** One entry of what AWS printed: its members are read, and what is wrong with them is kept. */
export class AwsEntry {
  readonly issues: ImportIssue[] = [];
  readonly #members: JsonObject | null;

  /** @param pointer of the entry in the request */
  constructor(
    value: unknown,
    readonly pointer: string,
  ) {
    this.#members = isObject(value) ? value : null;
    if (this.#members === null) this.fail('', 'wrong-type', 'must be an object, as AWS prints it');
  }

  /** Whether the entry can be imported. */
  get ok(): boolean {
    return this.issues.every(({ severity }) => severity !== 'error');
  }

  get(name: string): unknown {
    return this.#members !== null && Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  /** A text that must be there and of this form; empty where it is not, which has then been said. */
  text(name: string, form: RegExp): string {
    const value = this.get(name);
    if (typeof value === 'string' && form.test(value)) return value;
    // What is no object has been called that already.
    if (this.#members === null) return '';
    if (value === undefined) this.fail('', 'missing-member', `\`${name}\` is missing, which AWS always prints`);
    else this.fail(`/${name}`, 'malformed', `must be a string that matches \`${form.source}\``);
    return '';
  }

  /** A text that may be there; AWS prints nothing, or an empty text, for none. */
  optionalText(name: string): string | undefined {
    const value = this.get(name) ?? undefined;
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.fail(`/${name}`, 'wrong-type', 'must be a string');
    return undefined;
  }

  /** @param place pointer from the entry on; the same fault of one place is told once */
  fail(place: string, code: string, detail: string): void {
    // What is left out anyway needs no more than the faults that will be shown, and one that tells there are more.
    if (this.issues.length > MOST_FAULTS) return;
    const pointer = this.pointer + place;
    if (this.issues.some((issue) => issue.code === code && issue.pointer === pointer)) return;
    this.issues.push({ pointer, code, detail, severity: 'error' });
  }

  note(severity: 'warning' | 'info', place: string, code: string, detail: string): void {
    this.issues.push({ pointer: this.pointer + place, code, detail, severity });
  }
}

/** A list that AWS prints in pages says where the next one begins, unless the CLI has fetched them all. */
export const isIncomplete = (output: Pick<AwsEntry, 'get'>): boolean =>
  ['NextToken', 'position'].some((name) => (output.get(name) ?? '') !== '');

const MOST_CHARACTERS = 1000;

/** A text of AWS as a description, which takes fewer characters. */
export function asDescription(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MOST_CHARACTERS) return text;
  const characters = [...text];
  return characters.length <= MOST_CHARACTERS ? text : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
