import type { Unreplayable } from '../service/logged-entry.js';
import type { ReplayAnswer, ReplayCounts, ReplayedChange } from '../service/replay.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import type { Judge } from './judge.js';
import type { LogLine } from './log-lines.js';

/** What a log as a whole would be: `entry` counts through all of it, and `where` is its line. */
export interface Replayed {
  /** The state that the first decision was made from again, and the last. */
  readonly revision: number;
  readonly lastRevision: number;
  readonly entries: number;
  readonly counts: ReplayCounts;
  readonly changes: readonly (ReplayedChange & Placed)[];
  readonly notReplayable: readonly (Unreplayable & Placed)[];
}

interface Placed {
  readonly entry: number;
  readonly where: string;
}

interface Replaying {
  /** Lines of drafts. */
  readonly drafts: readonly string[];
  /** Bytes that may be judged at once, drafts included: a log may be longer than any body, and than memory. */
  readonly room: number;
  readonly most: number;
  /** Hears how many entries have been judged. */
  readonly told: (entries: number) => void;
}

/** Judges a log part by part, each with all the drafts. @throws Failure */
export async function replayed(
  judge: Judge,
  log: AsyncIterable<LogLine>,
  { drafts, room, most, told }: Replaying,
): Promise<Replayed> {
  let whole: Replayed | undefined;
  for await (const part of parts(log, room - drafts.reduce((size, line) => size + bytesOf(line), 0))) {
    const answer = await judge.replay([...drafts, ...part.map(({ text }) => text)], most);
    if (answer.entries !== part.length) {
      throw new Failure(
        EXIT.noAnswer,
        `of ${part.length} entries ${answer.entries} have been judged: is it a Postern?`,
      );
    }
    whole = joined(whole, placed(answer, part, whole?.entries ?? 0), most);
    told(whole.entries);
  }
  // There is always a part.
  return whole!;
}

/** An empty log is one part too: drafts that are not valid are told all the same. */
async function* parts(log: AsyncIterable<LogLine>, room: number): AsyncGenerator<LogLine[]> {
  let part: LogLine[] = [];
  let size = 0;
  for await (const line of log) {
    const bytes = bytesOf(line.text);
    if (part.length > 0 && size + bytes > room) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(line);
    size += bytes;
  }
  yield part;
}

/** With its line feed. */
const bytesOf = (line: string): number => Buffer.byteLength(line) + 1;

function placed(
  { changes, notReplayable, ...answer }: ReplayAnswer,
  part: readonly LogLine[],
  before: number,
): Replayed {
  const place = <T extends { readonly entry: number }>(item: T): T & Placed => ({
    ...item,
    entry: before + item.entry,
    where: part[item.entry]?.where ?? '',
  });
  return { ...answer, changes: changes.map(place), notReplayable: notReplayable.map(place) };
}

function joined(before: Replayed | undefined, part: Replayed, most: number): Replayed {
  if (before === undefined) return part;
  const counts = { ...before.counts };
  for (const name of Object.keys(counts) as (keyof ReplayCounts)[]) counts[name] += part.counts[name];
  return {
    revision: before.revision,
    lastRevision: part.lastRevision,
    entries: before.entries + part.entries,
    counts,
    changes: [...before.changes, ...part.changes].slice(0, most),
    notReplayable: [...before.notReplayable, ...part.notReplayable].slice(0, most),
  };
}
