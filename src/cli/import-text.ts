import type { ImportAnswer } from '../service/transfer.js';
import { type Mount, told } from './source.js';
import { type Terminal, visible } from './terminal.js';

const MARKS = { create: '+', replace: '~', delete: '-' } as const;
const COLOURS = { create: 'green', replace: 'yellow', delete: 'red' } as const;
const SEVERITIES = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** What an import changed or would change, and what is to be said of single entries, at their places in the files. */
export function importText(answer: ImportAnswer, mounts: readonly Mount[], terminal: Terminal): string {
  const { dryRun, changes, unchanged, issues, revision } = answer;
  const changed = changes.map(({ op, type, kind, id, members }) => {
    const what = [MARKS[op], kind, type, id].filter(Boolean).join(' ');
    return `${terminal.paint(COLOURS[op], visible(what))}${members ? `  (${visible(members.join(', '))})` : ''}`;
  });
  const said = told(issues, mounts).map(({ where, code, detail }, at) => {
    const { severity } = issues[at]!;
    return `${terminal.paint(SEVERITIES[severity], severity)} ${visible(code)} ${visible(where)}\n    ${visible(detail)}`;
  });
  const verb = dryRun ? 'would change' : 'changed';
  const end = `${changes.length} ${verb}, ${unchanged} unchanged, ${dryRun ? 'compared with' : 'now at'} revision ${revision}`;
  return `${[...said, ...changed, end].join('\n')}\n`;
}
