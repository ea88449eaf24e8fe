import type { PolicyKind } from '../policy/document.js';
import type { Draft } from './drafts.js';
import { parsedLine } from './logged-entry.js';
import { malformed } from './question.js';

/** What a replay is made of. */
interface ReplaySource {
  readonly drafts: readonly Draft[];
  /** The values of the lines of a log; undefined for one that is no JSON. */
  readonly entries: Iterable<unknown> | AsyncIterable<unknown>;
}

const MOST_DRAFTS = 1000;

/**
 * Reads drafts, `{"type":"draft","kind":…,"name":…,"document":…}` each, and then the lines of a log, of which no more
 * than one is held at a time.
 * @throws ServiceError `malformed-request`
 */
export async function readReplayLines(lines: AsyncIterable<string>): Promise<ReplaySource> {
  const values = valuesOf(lines);
  const drafts: Draft[] = [];
  for (;;) {
    const { value, done } = await values.next();
    if (done) return { drafts, entries: [] };
    if (!isDraft(value)) return { drafts, entries: from(value, values) };
    drafts.push(readDraft(value, drafts.length));
  }
}

async function* valuesOf(lines: AsyncIterable<string>): AsyncGenerator<unknown, undefined> {
  for await (const line of lines) yield parsedLine(line);
}

async function* from(first: unknown, rest: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield first;
  for await (const value of rest) {
    if (isDraft(value)) throw refused('drafts come before the first entry');
    yield value;
  }
}

/** Whether a line is a draft, or would be. */
export const isDraft = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'draft';

const KINDS: readonly unknown[] = ['endpoint', 'resource', 'identity'] satisfies PolicyKind[];

function readDraft({ type: _, kind, name, document, ...others }: Record<string, unknown>, index: number): Draft {
  if (index >= MOST_DRAFTS) throw refused(`there are more than ${MOST_DRAFTS} drafts`);
  const isWhole = KINDS.includes(kind) && typeof name === 'string' && document !== undefined;
  if (isWhole && Object.keys(others).length === 0) return { kind: kind as PolicyKind, name, document };
  throw refused(`draft ${index + 1} is not {"type":"draft","kind":…,"name":…,"document":…}`);
}

const refused = (detail: string) => malformed([{ pointer: '', code: 'malformed-draft', detail }]);
