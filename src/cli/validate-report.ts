import type { PolicyKind } from '../policy/document.js';
import type { Issue } from '../policy/issue.js';
import type { Place } from './json-places.js';
import { type Terminal, visible } from './terminal.js';

/** An issue and where it is in its file. */
export interface Placed extends Issue, Place {
  readonly severity: 'error' | 'warning' | 'info';
}

export interface FileReport {
  readonly file: string;
  readonly kind: PolicyKind;
  /** Why it was taken for this kind; null: it was said. */
  readonly because: string | null;
  readonly text: string;
  readonly issues: readonly Placed[];
}

/** The ways to tell what was found. */
export const reports = { text: asText, json: asJson, github: asWorkflowCommands } as const;

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

function asText(files: readonly FileReport[], terminal: Terminal): string {
  const parts = files.map(({ file, kind, because, text, issues }) => {
    const state = issues.length === 0 ? terminal.paint('green', 'no findings') : counted(issues);
    const head = `${terminal.paint('bold', visible(file))}: ${kind} policy${because === null ? '' : ` (${because})`}, ${state}\n`;
    const lines = text.split('\n');
    const told = issues.map(({ severity, code, line, column, detail }) => {
      const what = `${terminal.paint(COLOURS[severity], severity)} ${terminal.paint('bold', code)}`;
      return `\n  ${visible(file)}:${line}:${column} ${what}\n    ${visible(detail)}\n${excerpt(lines[line - 1] ?? '', line, column)}`;
    });
    return head + told.join('') + (issues.length === 0 ? '' : '\n');
  });
  const all = files.flatMap(({ issues }) => issues);
  return `${parts.join('')}${files.length === 1 ? '1 file' : `${files.length} files`}: ${counted(all)}\n`;
}

function counted(issues: readonly Placed[]): string {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = issues.filter((issue) => issue.severity === severity).length;
    return count === 0 ? [] : [`${count} ${count === 1 || severity === 'info' ? severity : `${severity}s`}`];
  });
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** Of a line that is longer, as all of a document may be, what is around the place. */
const LINE_SHOWN = 100;

function excerpt(line: string, number: number, column: number): string {
  const from = column <= LINE_SHOWN ? 0 : column - LINE_SHOWN / 2;
  const shown = line.slice(from, from + LINE_SHOWN).trimEnd();
  const [before, after] = [from > 0 ? '…' : '', from + LINE_SHOWN < line.length ? '…' : ''];
  const gutter = `${number} | `;
  const ahead = visible(shown.slice(0, column - 1 - from)).replaceAll(/[^\s]/gu, ' ').length + before.length;
  return `    ${gutter}${before}${visible(shown)}${after}\n    ${' '.repeat(gutter.length + ahead)}^\n`;
}

function asJson(files: readonly FileReport[]): string {
  const told = files.map(({ file, kind, because, issues }) => ({
    file,
    kind,
    guessed: because !== null,
    valid: !issues.some(({ severity }) => severity === 'error'),
    issues,
  }));
  return `${JSON.stringify({ files: told }, null, 2)}\n`;
}

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands of GitHub Actions, which become annotations of the changed lines. */
function asWorkflowCommands(files: readonly FileReport[]): string {
  return files
    .flatMap(({ file, issues }) =>
      issues.map(({ severity, code, detail, line, column }) => {
        const where = `file=${property(file)},line=${line},col=${column},title=${property(code)}`;
        return `::${LEVELS[severity]} ${where}::${message(detail)}\n`;
      }),
    )
    .join('');
}

/** As the runner reads them: actions/toolkit, `command.ts`. */
const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
