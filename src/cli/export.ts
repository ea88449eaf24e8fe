import type { Command } from 'commander';
import { teaching } from './command.js';
import { Progress } from './progress.js';
import { close, type TargetOptions, targetOf, withTarget } from './target.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './write-file.js';

interface Options extends TargetOptions {
  readonly output?: string;
}

export const exportCommand = (terminal: Terminal): Command =>
  withTarget(
    teaching('export', {
      summary: 'write everything that is stored, as one document',
      description:
        'Writes the newest version of every policy, and every endpoint and API, as of one revision: sorted, one entry to a ' +
        'line, for version control. A file is written as a whole or not at all.',
      examples: [
        { does: 'of a server', run: 'postern export --server http://127.0.0.1:8080 --output store.json' },
        { does: 'one line of it', run: 'postern export --server http://127.0.0.1:8080 | grep two-apis' },
      ],
    }).option('--output <file>', 'where to write (default: standard output)'),
  ).action(async (options: Options) => {
    const target = await targetOf(terminal, options);
    const progress = new Progress(terminal.stderr);
    try {
      const pieces =
        'server' in target ? target.server.stream('/v1/export') : target.offline.services.transfer.export().value;
      await writeWhole(terminal, options.output ?? null, pieces, {
        progress: (bytes) => progress.show(`${bytes} bytes written`),
      });
    } finally {
      progress.clear();
      await close(target);
    }
  });
