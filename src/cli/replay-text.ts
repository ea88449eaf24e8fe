import type { Outcome } from '../service/logged-entry.js';
import type { Replayed } from './replayed.js';
import { type Terminal, visible } from './terminal.js';

const COLOURS = { allowToDeny: 'red', denyToAllow: 'yellow', otherReason: 'cyan' } as const;

/** Decisions that would be others, entries that could not be judged, and how many of each there are. */
export function replayText(
  { entries, counts, changes, notReplayable, lastRevision }: Replayed,
  terminal: Terminal,
): string {
  const changed = changes.map(({ where, change, before, after, principal, resource, endpoint, decisionId }) => {
    const verdict = terminal.paint(COLOURS[change], `${outcomeText(before)} -> ${outcomeText(after)}`);
    return `${visible(where)}  ${verdict}\n    ${visible(`${principal} ${resource} ${endpoint}`)}\n    decision ${visible(decisionId)}`;
  });
  const others = notReplayable.map(
    ({ where, code, detail }) => `${visible(where)}  ${terminal.paint('dim', code)}  ${visible(detail)}`,
  );
  const { unchanged, allowToDeny, denyToAllow, otherReason } = counts;
  const sum = allowToDeny + denyToAllow + otherReason;
  const unlisted = sum - changes.length + counts.notReplayable - notReplayable.length;
  const end = [
    ...(unlisted > 0 ? [`and ${unlisted} more: see --limit`] : []),
    `${entries} entries: ${unchanged} the same, ${sum} changed ` +
      `(${allowToDeny} Allow to Deny, ${denyToAllow} Deny to Allow, ${otherReason} for another reason), ` +
      `${counts.notReplayable} not replayable; at revision ${lastRevision}`,
  ];
  return `${[...changed, ...others, ...end].join('\n')}\n`;
}

const outcomeText = ({ decision, reason, layer }: Outcome): string =>
  visible(`${decision} ${reason}${layer === null ? '' : ` (${layer})`}`);
