import type { Command } from 'commander';
import type { DecisionAnswer, ExplanationAnswer } from '../service/pdp.js';
import { teaching, textOrJson } from './command.js';
import { decisionText, explanationText } from './decision-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { toldBy } from './failure.js';
import { askDecision, askExplanation, type Judge } from './judge.js';
import { judgeOf } from './judge-of.js';
import { type AskedQuestion, type QuestionOptions, readQuestion, withQuestion } from './question.js';
import { type ServerOptions, serverOf, withServer } from './server.js';
import type { Terminal } from './terminal.js';

type Options = ServerOptions & QuestionOptions & { readonly format: 'text' | 'json' };

const ARN = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';

export const decideCommand = (terminal: Terminal): Command =>
  asking(
    terminal,
    teaching('decide', {
      summary: 'may this principal invoke this ARN?',
      description:
        'Judges one call, by policies in files, by an export of a store, or by a server. It ends with 0 on Allow and with ' +
        '3 on Deny; whatever else it ends with is no answer, and must be taken for a Deny.',
      examples: [
        {
          does: 'an endpoint policy alone',
          run: `postern decide --scope endpoint --endpoint-policy examples/policies/endpoint/two-apis.json --principal anonymous --resource ${ARN}/prod/GET/pets`,
        },
        {
          does: 'both policies that AWS asks, for a call from another VPC',
          run: `postern decide --endpoint-policy examples/policies/endpoint/two-apis.json --resource-policy examples/policies/resource/only-our-vpc.json --principal anonymous --resource ${ARN}/prod/GET/pets --context aws:SourceVpc=vpc-99999999`,
          exit: EXIT.deny,
        },
        {
          does: 'what a server has stored',
          run: `postern decide --server http://127.0.0.1:8080 --endpoint vpce-1a2b3c4d --principal anonymous --resource ${ARN}/prod/GET/pets`,
        },
        {
          does: 'a draft of the endpoint policy, with everything else as it is stored',
          run: `postern decide --server http://127.0.0.1:8080 --endpoint vpce-1a2b3c4d --api a1b2c3d4e5 --endpoint-policy examples/policies/endpoint/get-of-one-stage.json --principal anonymous --resource ${ARN}/prod/GET/pets`,
          exit: EXIT.deny,
        },
      ],
    }),
    askDecision,
    decisionText,
  );

export const explainCommand = (terminal: Terminal): Command =>
  asking(
    terminal,
    teaching('explain', {
      summary: 'why may it, or what would have to change?',
      description:
        'Judges one call as decide does, ends as it does, and tells how the decision came about: every statement of every ' +
        'policy that was asked, and for a Deny the smallest changes that would allow the call.',
      examples: [
        {
          does: 'a call from another VPC',
          run: `postern explain --resource-policy examples/policies/resource/only-our-vpc.json --principal anonymous --resource ${ARN}/prod/GET/pets --context aws:SourceVpc=vpc-99999999`,
          exit: EXIT.deny,
        },
        {
          does: 'a 403 of a call through a stored endpoint, for programs',
          run: `postern explain --format json --server http://127.0.0.1:8080 --endpoint vpce-99999999 --principal anonymous --resource ${ARN}/prod/GET/pets`,
          exit: EXIT.deny,
        },
      ],
    }),
    askExplanation,
    explanationText,
  );

function asking<A extends DecisionAnswer | ExplanationAnswer>(
  terminal: Terminal,
  command: Command,
  ask: (judge: Judge, asked: AskedQuestion['asked']) => Promise<A>,
  text: (answer: A, labels: AskedQuestion['labels'], terminal: Terminal) => string,
): Command {
  return withServer(withQuestion(command).optionsGroup('Options:').addOption(textOrJson())).action(
    async (options: Options) => {
      const server = await serverOf(terminal, options);
      const hasStore = server !== null || options.store !== undefined;
      const { asked, mounts, labels } = await readQuestion(terminal, options, hasStore);
      const judge = await judgeOf(terminal, server, options.store);
      try {
        const answer = await toldBy(mounts, ask(judge, asked));
        terminal.stdout.write(
          options.format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : text(answer, labels, terminal),
        );
        terminal.exit = exitOf(answer);
      } finally {
        await judge.close();
      }
    },
  );
}

/** Allow is the only way to 0. */
const exitOf = ({ decision }: DecisionAnswer): ExitCode => (decision === 'Allow' ? EXIT.ok : EXIT.deny);
