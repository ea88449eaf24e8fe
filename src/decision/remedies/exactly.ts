import type { ConditionBlock, ConditionValue, OneOrMany, PrincipalElement, Statement } from '../../policy/document.js';
import { many } from '../../policy/document.js';
import type { ContextEntry } from '../../policy/request.js';
import type { DecisionInput, Layer } from '../decision.js';
import type { Scene } from './remedy.js';

/** A condition that tells this caller from others. */
export interface Distinction {
  readonly key: string;
  readonly value: string;
  /** The operator that holds for this caller, and the one that holds for all others. */
  readonly is: string;
  readonly isNot: string;
  /** What stands under `isNot`, where that is not the same value. */
  readonly notValue?: string;
  /** Whether it holds for this caller alone. */
  readonly exact: boolean;
}

/** Whether a layer knows who signed the call. */
export const seesCaller = (layer: Layer, { authorizationType }: Pick<DecisionInput, 'authorizationType'>): boolean =>
  layer === 'endpoint' || authorizationType === 'AWS_IAM';

const PRINCIPAL_ARN = 'aws:PrincipalArn';
const IS_SERVICE = 'aws:PrincipalIsAWSService';

/**
 * What tells the caller from all others at a layer; null where nothing does: a layer that sees everyone as anonymous.
 * A key that the request itself states tells nothing: who else states it is taken for this caller.
 */
export function distinction(layer: Layer, input: DecisionInput, scene: Scene): Distinction | null {
  if (!seesCaller(layer, input)) return null;
  const { principal, context } = input;
  if (principal.type === 'anonymous') {
    // Only signed calls have the key: IAM User Guide, "AWS global condition context keys".
    const exact = !states(scene, IS_SERVICE);
    return { key: IS_SERVICE, is: 'Null', value: 'true', isNot: 'Null', notValue: 'false', exact };
  }
  if (principal.type === 'service') {
    const key = 'aws:PrincipalServiceName';
    return { key, is: 'StringEquals', value: principal.text, isNot: 'StringNotEquals', exact: !states(scene, key) };
  }
  const value = textOf(context.get('aws:principalarn'));
  if (value === undefined || !isPlain(value)) return null;
  const single = principal.type === 'user' || principal.type === 'federated' || principal.type === 'root';
  const exact = single && !states(scene, PRINCIPAL_ARN);
  return { key: PRINCIPAL_ARN, is: 'ArnEquals', value, isNot: 'ArnNotEquals', exact };
}

const textOf = (entry: ContextEntry | undefined): string | undefined =>
  entry === undefined || entry.multivalued ? undefined : entry.values[0]?.text;

/** Whether a text means itself wherever it stands: no wildcard, no variable. */
const isPlain = (text: string): boolean => !/[*?$]/.test(text);

function states({ call }: Scene, name: string): boolean {
  const { context } = call;
  if (typeof context !== 'object' || context === null) return false;
  return Object.keys(context).some((key) => key.toLowerCase() === name.toLowerCase());
}

/** A statement that allows the caller, the action and the ARN, and whether it allows nothing else. */
export interface Exactly {
  readonly statement: Statement;
  readonly exact: boolean;
}

/** @param variables whether the policy that the statement is for has variables, and so can say a plain `*` */
export function exactly(layer: Layer, input: DecisionInput, scene: Scene, variables: boolean): Exactly {
  const who = naming(layer, input, scene);
  const resource = literal(input.resource.text, variables, layer);
  const statement: Statement = {
    Effect: 'Allow',
    ...(who.principal === undefined ? {} : { Principal: who.principal }),
    Action: input.action,
    Resource: resource.text,
    ...(who.condition === undefined ? {} : { Condition: who.condition }),
  };
  return { statement, exact: who.exact && resource.exact };
}

interface Naming {
  readonly principal?: PrincipalElement;
  readonly condition?: ConditionBlock;
  readonly exact: boolean;
}

function naming(layer: Layer, input: DecisionInput, scene: Scene): Naming {
  const told = distinction(layer, input, scene);
  const condition = told === null ? {} : { condition: { [told.is]: { [told.key]: told.value } } };
  if (layer !== 'endpoint' && layer !== 'resource') return { ...condition, exact: told?.exact === true };
  const { principal } = input;
  if (!seesCaller(layer, input)) return { principal: '*', ...fromHere(input), exact: false };
  if (principal.type === 'anonymous') return { principal: '*', ...condition, exact: told?.exact === true };
  if (principal.type === 'service') return { principal: { Service: principal.text }, exact: true };
  // As a principal the root ARN is everyone of the account.
  if (principal.type === 'root') {
    return { principal: { AWS: principal.text }, ...condition, exact: told?.exact === true };
  }
  return { principal: { AWS: principal.text }, exact: principal.type !== 'role' };
}

/** Where everyone is anonymous, a statement can at least keep to the endpoint that the call came through. */
function fromHere({ context }: DecisionInput): Pick<Naming, 'condition'> {
  const endpoint = textOf(context.anonymous.get('aws:sourcevpce'));
  return endpoint === undefined || !isPlain(endpoint)
    ? {}
    : { condition: { StringEquals: { 'aws:SourceVpce': endpoint } } };
}

/** An ARN as the text of a Resource; without variables its wildcards cannot be told from a policy's. */
export function literal(
  arn: string,
  variables: boolean,
  layer: Layer,
): { readonly text: string; readonly exact: boolean } {
  // IAM takes only Latin-1 in identity policies; `?` is one character, whichever.
  const latin = layer === 'endpoint' || layer === 'resource' ? arn : arn.replace(FOREIGN, '\0');
  if (latin !== arn) {
    return { text: literal(latin, variables, 'resource').text.replaceAll('\0', '?'), exact: false };
  }
  if (isPlain(arn)) return { text: arn, exact: true };
  if (!variables) return { text: arn, exact: !/[*?]/.test(arn) };
  const fifth = arn.split(':', 5).join(':').length + 1;
  const [head, tail] = [arn.slice(0, fifth), arn.slice(fifth)];
  const text = head + tail.replace(/[*?]|\$(?=\{)/g, (char) => `\${${char}}`);
  return { text, exact: !/[*?]/.test(head) };
}

const FOREIGN = /[^\t\n\r\u0020-\u00ff]/gu;

/**
 * A Condition element with one more test, both to hold; null where the block has no room for it: a list of values of a
 * positive operator is an "or".
 */
export function withTest(
  block: ConditionBlock | undefined,
  operator: string,
  key: string,
  value: string,
): ConditionBlock | null {
  const tests = block?.[operator];
  if (tests === undefined) return { ...block, [operator]: { [key]: value } };
  const written = Object.keys(tests).find((name) => name.toLowerCase() === key.toLowerCase());
  if (written === undefined) return { ...block, [operator]: { ...tests, [key]: value } };
  const values: readonly ConditionValue[] = many<ConditionValue>(tests[written] as OneOrMany<ConditionValue>);
  if (values.length === 1 && values[0] === value) return block ?? null;
  if (!operator.includes('Not')) return null;
  return { ...block, [operator]: { ...tests, [written]: [...values, value] } };
}
