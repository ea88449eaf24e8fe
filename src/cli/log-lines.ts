import { ServiceError } from '../service/errors.js';
import { LineReader } from '../service/line-reader.js';
import { parsedLine } from '../service/logged-entry.js';
import { isDraft } from '../service/replay-lines.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { chunksOf, nameOf } from './input.js';
import type { Terminal } from './terminal.js';

/** A line of a log, and where it is: `decisions.log:17`. */
export interface LogLine {
  readonly text: string;
  readonly where: string;
}

/** The lines of logs that are not empty, one log after the other, no faster than they are taken. @throws Failure */
export async function* logLines(terminal: Terminal, paths: readonly string[]): AsyncGenerator<LogLine> {
  for (const path of paths) {
    const reader = new LineReader();
    let number = 0;
    const numbered = (texts: readonly string[]): LogLine[] =>
      texts
        .map((text) => ({ text, where: `${nameOf(path)}:${++number}` }))
        .filter(({ text }) => text.trim() !== '')
        .map(mustBeNoDraft);
    for await (const chunk of chunksOf(terminal, path)) yield* numbered(read(path, () => reader.add(chunk)));
    yield* numbered(read(path, () => [reader.end()]));
  }
}

function read(path: string, lines: () => string[]): string[] {
  try {
    return lines();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new Failure(EXIT.unusable, `${nameOf(path)}: ${error.message}`);
  }
}

/** A log is judged in parts: a draft within it would count for a part of it. */
function mustBeNoDraft(line: LogLine): LogLine {
  // Most lines need not be read for it: without either of these none is a draft.
  if (!/draft|\\u/.test(line.text) || !isDraft(parsedLine(line.text))) return line;
  throw new Failure(EXIT.unusable, `${line.where} is a draft: write it as a file of its own, with --policy`);
}
