import type { PolicyDocument } from '../../src/policy/document.js';
import { Random } from '../oracle/generator/random.js';
import { evaluateDocument } from '../oracle/oracle.js';
import { readCaller } from '../oracle/principals.js';
import type { Context, PolicyDocument as RawDocument } from '../oracle/types.js';
import { answer, judged, read } from './contenders.js';
import { compilePolicy, parsePolicy } from './engine.js';
import { type Contender, collectGarbage, ratio, timed, warmUp } from './measure.js';
import { median } from './median.js';
import { type Feature, operators } from './operators.js';
import { type Row, rounded } from './report.js';
import type { Scale } from './scale.js';

/** What a feature of the language costs, beside policies that do without it; the oracle judges it too. */
export function measureFeatures({ rounds, share }: Scale): Row[] {
  const size = Math.ceil(2048 * share);
  const random = new Random(1);
  const fields = operators.map((feature) => {
    const document = statementOf(feature.says);
    return {
      feature,
      document,
      with: asking(document),
      without: asking(statementOf({})),
      figures: [[], []] as number[][],
    };
  });
  collectGarbage();
  for (const { feature, ...field } of fields) {
    const texts = drawn(random, feature, size);
    for (const contender of [field.with, field.without]) warmUp(contender, texts);
  }
  for (let round = 0; round < rounds; round++) {
    for (const { feature, document, figures, ...field } of fields) {
      const texts = drawn(random, feature, size);
      const measured = timed(field.with, texts);
      agree(document, texts, measured.answers);
      figures[0]!.push(measured.time);
      figures[1]!.push(timed(field.without, texts).time);
    }
  }
  return fields.map(({ feature: { name }, figures: [own, without] }) => ({
    quantity: name,
    figure: ratio(own!, without!),
    unit: 'x',
    detail: `${rounded(median(own!))} µs, without it ${rounded(median(without!))} µs`,
  }));
}

const API = 'arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5';
const CALLER = 'arn:aws:iam::123412341234:user/alice';
const ACTION = 'execute-api:Invoke';

/** A policy of one statement, which allows what it speaks of. */
function statementOf(says: Readonly<Record<string, unknown>>): PolicyDocument {
  const statement = { Effect: 'Allow', Principal: '*', Action: ACTION, Resource: `${API}/*`, ...says };
  const parsed = parsePolicy('resource', { Version: '2012-10-17', Statement: [statement] }, 8192);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.document;
}

/** Both policies of the decision say the same. */
function asking(document: PolicyDocument): Contender<ReturnType<typeof read>> {
  const [endpoint, resource] = [compilePolicy(document), compilePolicy(document)];
  return {
    fresh: (text) => read(JSON.parse(text) as Parameters<typeof read>[0]),
    judge: (request) => judged(endpoint, resource, request),
  };
}

const drawn = (random: Random, { context }: Feature, count: number): string[] =>
  random.times(count, () => {
    const resource = `${API}/prod/GET/team-1/${random.below(1e9)}`;
    return JSON.stringify({ principal: CALLER, action: ACTION, resource, context: context(random) });
  });

/** @throws where Postern and the oracle differ */
function agree(document: PolicyDocument, texts: readonly string[], answers: Uint8Array): void {
  for (const [at, text] of texts.entries()) {
    const { resource, context } = JSON.parse(text) as { resource: string; context: Context };
    const caller = readCaller(CALLER);
    const raw = document as RawDocument;
    const outcome = evaluateDocument(raw, 'resource', caller, ACTION, resource, context, { hasBoundary: false });
    const one = outcome === 'allow' ? 1 : 0;
    if (answers[at] !== answer(one, one)) throw new Error(`${JSON.stringify(document)} ${text}: not ${outcome}`);
  }
}
