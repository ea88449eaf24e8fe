import type { DocumentDiff, ElementDiff, PlacedStatement, StatementDiff } from '../policy/document-diff.js';
import { type Terminal, visible } from './terminal.js';

const MARKS = { added: '+', removed: '-', changed: '~', moved: '~' } as const;
const COLOURS = { added: 'green', removed: 'red', changed: 'yellow', moved: 'cyan' } as const;

/** A difference as people read one: whole statements that came and went, and of others the values. */
export function diffText(before: string, after: string, diff: DocumentDiff, terminal: Terminal): string {
  const { elements, statements, sameMeaning } = diff;
  if (elements.length + statements.length === 0) return 'no difference\n';
  const lines = [
    terminal.paint('bold', visible(`--- ${before}`)),
    terminal.paint('bold', visible(`+++ ${after}`)),
    ...elements.flatMap((element) => elementLines(element, '', terminal)),
    ...statements.flatMap((statement) => statementLines(statement, terminal)),
    sameMeaning ? 'both answer every call alike' : 'some calls may be answered differently',
  ];
  return `${lines.join('\n')}\n`;
}

function statementLines({ change, before, after, elements, sameMeaning }: StatementDiff, terminal: Terminal): string[] {
  const placed = (after ?? before) as PlacedStatement;
  const { Sid, Effect } = placed.statement;
  const from = before !== null && after !== null && before.pointer !== after.pointer ? `, was ${before.pointer}` : '';
  const alike = sameMeaning && change !== 'moved' ? ', with the same meaning' : '';
  const head = `${MARKS[change]} ${placed.pointer}${Sid ? ` "${Sid}"` : ''} ${Effect} ${change}${from}${alike}`;
  const whole = change === 'added' || change === 'removed' ? JSON.stringify(placed.statement, null, 2).split('\n') : [];
  return [
    terminal.paint(COLOURS[change], visible(head)),
    ...whole.map((line) => terminal.paint(COLOURS[change], `  ${MARKS[change]} ${visible(line)}`)),
    ...elements.flatMap((element) => elementLines(element, '  ', terminal)),
  ];
}

/** Of a list, the values that came and went; of anything else, it before and after. */
function elementLines(
  { pointer, before, after, added, removed }: ElementDiff,
  indent: string,
  terminal: Terminal,
): string[] {
  const line = (mark: '+' | '-', text: string): string =>
    terminal.paint(mark === '+' ? 'green' : 'red', `${indent}  ${mark} ${visible(text)}`);
  const values =
    added.length + removed.length > 0
      ? [...removed.map((text) => line('-', text)), ...added.map((text) => line('+', text))]
      : [
          ...(before === null ? [] : [line('-', JSON.stringify(before))]),
          ...(after === null ? [] : [line('+', JSON.stringify(after))]),
        ];
  return [visible(`${indent}${pointer}`), ...values];
}
