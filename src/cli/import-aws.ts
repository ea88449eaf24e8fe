import { basename } from 'node:path';
import type { Command } from 'commander';
import type { AwsOutput } from '../service/import-aws.js';
import type { ImportAnswer } from '../service/transfer.js';
import { collect, teaching } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { expand } from './expand.js';
import { Failure, toldBy } from './failure.js';
import { importText } from './import-text.js';
import { readJson } from './input.js';
import { LOCAL } from './local.js';
import { Progress } from './progress.js';
import type { Mount } from './source.js';
import { close, onTarget, openTarget, type Target, type TargetOptions, targetOf, withTarget } from './target.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './write-file.js';

interface Options extends TargetOptions {
  readonly accountId: string;
  readonly region: string;
  readonly vpcEndpoints?: string;
  readonly restApis?: string;
  readonly resources?: readonly string[];
  readonly output?: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly dedupe?: boolean;
}

const HOW = `
How to get the files:
  aws ec2 describe-vpc-endpoints > vpc-endpoints.json
  aws apigateway get-rest-apis > rest-apis.json
  mkdir -p resources
  for id in $(aws apigateway get-rest-apis --query 'items[].id' --output text); do
    aws apigateway get-resources --rest-api-id $id --embed methods > resources/$id.json
  done`;

const FILES =
  '--account-id 123412341234 --region us-east-1 --vpc-endpoints examples/aws/vpc-endpoints.json --rest-apis examples/aws/rest-apis.json --resources examples/aws/resources';

export const importAwsCommand = (terminal: Terminal): Command =>
  withTarget(
    teaching('aws', {
      summary: 'store what the AWS CLI prints of an account and Region',
      description:
        'Stores the endpoints and APIs of an account and Region, from what the AWS CLI prints, as it is. Nothing is ' +
        'removed, and the same files change nothing the second time. With --output it writes a store document instead, ' +
        'to be read, kept, judged by (postern decide --store) or imported.',
      examples: [
        { does: 'as a store document, without a server', run: `postern import aws ${FILES} --output store.json` },
        {
          does: 'what would change on a server',
          run: `postern import aws ${FILES} --server http://127.0.0.1:8080 --dry-run`,
        },
      ],
    })
      .addHelpText('after', HOW)
      .requiredOption('--account-id <id>', 'the account of the APIs')
      .requiredOption('--region <region>', 'the Region of the APIs')
      .option('--vpc-endpoints <file>', 'what `aws ec2 describe-vpc-endpoints` prints')
      .option('--rest-apis <file>', 'what `aws apigateway get-rest-apis` prints')
      .option(
        '--resources <path>',
        'what `aws apigateway get-resources --embed methods` prints of an API, in a file <api id>.json, or a directory of such files; may be repeated',
        collect,
      )
      .option('--output <file>', 'write a store document; - for standard output')
      .option('--dry-run', 'only tell what would change')
      .option('--strict', 'one bad entry stops the import; else it is left out and told')
      .option('--dedupe', 'identical documents become one policy'),
  ).action(async (options: Options) => {
    terminal.exit = await importAws(terminal, options);
  });

async function importAws(terminal: Terminal, options: Options): Promise<ExitCode> {
  const { dryRun = false, strict = false, dedupe = false, output } = options;
  if (output !== undefined && (options.server ?? options.dataDir) !== undefined) {
    throw new Failure(EXIT.unusable, '--output is a store of its own: leave --server and --data-dir out');
  }
  const progress = new Progress(terminal.stderr);
  const target: Target =
    output === undefined ? await targetOf(terminal, options) : await openTarget(terminal, { memory: true });
  try {
    const { body, mounts } = await readOutput(terminal, options, progress);
    progress.show('importing');
    const path = `/v1/import/aws?dryRun=${dryRun}&strict=${strict}&dedupe=${dedupe}`;
    const imported = onTarget(target, { path, schema: 'AwsOutput', body }, (services, checked) =>
      services.transfer.importAws(checked, { ...LOCAL, dryRun, strict, dedupe }),
    );
    const answer: ImportAnswer = await toldBy(mounts, imported);
    progress.clear();
    if (output !== undefined && !dryRun && 'offline' in target) {
      await writeWhole(terminal, output, target.offline.services.transfer.export().value);
    }
    // Beside the document, where that goes to standard output.
    (output === '-' && !dryRun ? terminal.stderr : terminal.stdout).write(importText(answer, mounts, terminal));
    return answer.issues.some(({ severity }) => severity === 'error') ? EXIT.found : EXIT.ok;
  } finally {
    progress.clear();
    await close(target);
  }
}

/** The files as one body, and which file is which part of it. */
async function readOutput(terminal: Terminal, options: Options, progress: Progress) {
  const { accountId, region, vpcEndpoints, restApis, resources } = options;
  const max = terminal.config.maxImport;
  const mounts: Mount[] = [];
  const part = async (path: string, at: string): Promise<unknown> => {
    const { value, source } = await readJson(terminal, path, max);
    mounts.push({ at, source });
    return value;
  };
  const methods: Record<string, unknown> = {};
  const files = resources === undefined ? [] : await expand(resources, ['.json']);
  for (const [at, file] of files.entries()) {
    progress.show(`reading ${at + 1} of ${files.length} APIs`);
    const id = basename(file, '.json');
    if (!/^[A-Za-z0-9]{1,64}$/.test(id)) {
      throw new Failure(EXIT.unusable, `\`${file}\` is not named after an API: call it <api id>.json`);
    }
    methods[id] = await part(file, `/resources/${id}`);
  }
  const body = {
    accountId,
    region,
    ...(vpcEndpoints === undefined ? {} : { vpcEndpoints: await part(vpcEndpoints, '/vpcEndpoints') }),
    ...(restApis === undefined ? {} : { restApis: await part(restApis, '/restApis') }),
    ...(resources === undefined ? {} : { resources: methods }),
  };
  if (mounts.length === 0)
    throw new Failure(EXIT.unusable, 'say what to import: --vpc-endpoints, --rest-apis, --resources');
  mounts.push({ at: '/accountId', option: '--account-id' }, { at: '/region', option: '--region' });
  return { body: body as AwsOutput, mounts };
}
