import type { Command } from 'commander';
import type { StoreDocument } from '../service/store-document.js';
import { teaching } from './command.js';
import { EXIT } from './exit-codes.js';
import { Failure, toldBy } from './failure.js';
import { importAwsCommand } from './import-aws.js';
import { importText } from './import-text.js';
import { readJson } from './input.js';
import { LOCAL } from './local.js';
import { Progress } from './progress.js';
import { close, onTarget, type TargetOptions, targetOf, withTarget } from './target.js';
import type { Terminal } from './terminal.js';

interface Options extends TargetOptions {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

export const importCommand = (terminal: Terminal): Command => {
  const command = withTarget(
    teaching('import', {
      summary: 'store what an export holds, or what AWS has',
      description:
        'Stores what a store document holds, as postern export writes it: all of it as one revision, or with any fault ' +
        'nothing. What the document does not name stays as it is, unless --prune says otherwise.',
      examples: [
        {
          does: 'what would change',
          run: 'postern import examples/store.json --server http://127.0.0.1:8080 --dry-run',
        },
        {
          does: 'into the data directory of a Postern that is not running',
          run: 'postern import examples/store.json --data-dir new-data',
        },
        { does: 'what the AWS CLI prints', run: 'postern import aws --help' },
      ],
    })
      .argument('[file]', 'a store document, or - for standard input')
      .option('--dry-run', 'only tell what would change')
      .option('--prune', 'also remove everything that the document does not hold'),
  ).action(async (file: string | undefined, options: Options) => {
    if (file === undefined) throw new Failure(EXIT.unusable, 'say what to import: a file, - or aws');
    await importStore(terminal, file, options);
  });
  return command.addCommand(importAwsCommand(terminal));
};

async function importStore(terminal: Terminal, file: string, options: Options): Promise<void> {
  const { dryRun = false, prune = false } = options;
  const target = await targetOf(terminal, options);
  const progress = new Progress(terminal.stderr);
  try {
    progress.show(`reading ${file}`);
    const { value, source } = await readJson(terminal, file, terminal.config.maxImport);
    progress.show(`importing ${source.text.length} characters`);
    const path = `/v1/import?dryRun=${dryRun}&prune=${prune}`;
    const imported = onTarget(
      target,
      { path, schema: 'StoreDocument', body: value as StoreDocument, text: source.text },
      (services, body) => services.transfer.import(body, { ...LOCAL, dryRun, prune }),
    );
    const answer = await toldBy([{ at: '', source }], imported);
    progress.clear();
    terminal.stdout.write(importText(answer, [{ at: '', source }], terminal));
  } finally {
    progress.clear();
    await close(target);
  }
}
