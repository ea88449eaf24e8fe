import { splitArn } from './arn.js';
import { type OperatorName, parseOperator } from './condition.js';
import { type ConditionValue, each, type PolicyDocument, type PolicyKind, type Statement } from './document.js';
import { isPrivate, parseCidr } from './ip.js';
import { type Finding, pointerTo, quoted } from './issue.js';
import { conditionKey } from './keys.js';
import { foreignCharacters } from './parse.js';
import { parsePrincipalValue } from './principal.js';
import { looksLikeVariable } from './variables.js';

/** Advice on a valid document, each with what to write instead: what is likely not meant as it is written. */
export function lintPolicy(kind: PolicyKind, document: PolicyDocument): Finding[] {
  const policy: Linted = { kind, document, variables: document.Version === '2012-10-17' };
  const statements = [...each<Statement>(document.Statement)];
  return [
    ...documentRules.flatMap((rule) => [...rule(policy)]),
    ...statements.flatMap(([statement, place]) =>
      statementRules.flatMap((rule) => [...rule(statement, `/Statement${place}`, policy)]),
    ),
  ];
}

interface Linted {
  readonly kind: PolicyKind;
  readonly document: PolicyDocument;
  readonly variables: boolean;
}

type StatementRule = (statement: Statement, pointer: string, policy: Linted) => Iterable<Finding>;
type ConditionRule = (test: ConditionTest, policy: Linted) => Iterable<Finding>;

interface ConditionTest {
  readonly pointer: string;
  readonly operator: string;
  readonly name: OperatorName;
  readonly key: string;
  readonly values: readonly (readonly [value: ConditionValue, pointer: string])[];
}

const warning = (pointer: string, code: string, detail: string): Finding => ({
  severity: 'warning',
  code,
  pointer,
  detail,
});
const info = (pointer: string, code: string, detail: string): Finding => ({ severity: 'info', code, pointer, detail });

const documentRules: readonly ((policy: Linted) => Iterable<Finding>)[] = [
  function* foreign({ document, kind }) {
    if (kind === 'identity') return;
    for (const { pointer } of foreignCharacters(document, 10)) {
      const detail = 'IAM takes only tab, line breaks and U+0020 to U+00FF in a policy: AWS may refuse this text';
      yield warning(pointer, 'foreign-character', detail);
    }
  },
  function* duplicateSids({ document }) {
    const seen = new Set<string>();
    for (const [{ Sid }, place] of each<Statement>(document.Statement)) {
      if (Sid !== undefined && seen.has(Sid)) {
        const detail = `the Sid ${quoted(Sid)} stands twice: give each statement its own, or a decision cannot name it`;
        yield warning(`/Statement${place}/Sid`, 'duplicate-sid', detail);
      }
      if (Sid !== undefined) seen.add(Sid);
    }
  },
];

const statementRules: readonly StatementRule[] = [
  function* sid({ Sid }, pointer, { kind }) {
    if (Sid === '')
      yield warning(`${pointer}/Sid`, 'empty-sid', 'an empty Sid names nothing: write one or leave it out');
    else if (Sid !== undefined && kind === 'identity' && !/^[A-Za-z0-9]*$/.test(Sid)) {
      yield warning(
        `${pointer}/Sid`,
        'sid-characters',
        'IAM takes only letters and digits in a Sid of an identity policy',
      );
    }
  },
  function* principals(statement, pointer, { kind }) {
    const element = statement.Principal === undefined ? 'NotPrincipal' : 'Principal';
    const principal = statement[element];
    if (principal === undefined || principal === '*') return;
    for (const [type, texts] of Object.entries(principal)) {
      for (const [text, place] of each<string>(texts)) {
        const value = parsePrincipalValue(type, text);
        const at = `${pointer}/${element}/${type}${place}`;
        if (value.ok && value.value.names === 'nobody') {
          const detail = `${quoted(text)} never matches a caller of execute-api: name a user, role, session or account`;
          yield warning(at, 'principal-never-matches', detail);
        }
        if (kind === 'endpoint' && value.ok && value.value.names === 'account') {
          const detail =
            'the whole account is meant here; AWS documents for gateway endpoints that an account id is its root user ' +
            'only: `"Principal": "*"` with a condition on aws:PrincipalAccount says it without doubt';
          yield warning(at, 'account-in-endpoint-policy', detail);
        }
      }
    }
  },
  function* literalVariables(statement, pointer, { variables }) {
    if (variables) return;
    for (const element of ['Resource', 'NotResource'] as const) {
      for (const [text, place] of statement[element] === undefined ? [] : each<string>(statement[element])) {
        if (looksLikeVariable(text)) yield literalVariable(`${pointer}/${element}${place}`, text);
      }
    }
  },
  function* rootWithoutWildcard(statement, pointer) {
    for (const element of ['Resource', 'NotResource'] as const) {
      for (const [text, place] of statement[element] === undefined ? [] : each<string>(statement[element])) {
        if (/^[^/]+\/$/.test(splitArn(text)?.[5] ?? '')) {
          const detail = `${quoted(text)} matches no method: write \`${text.slice(-60)}*\` for the whole API`;
          yield warning(`${pointer}/${element}${place}`, 'resource-matches-no-method', detail);
        }
      }
    }
  },
  function* conditions(statement, pointer, policy) {
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      const name = parseOperator(operator);
      if (name === undefined) continue;
      for (const [key, given] of Object.entries(keys)) {
        const at = pointerTo(pointerTo(`${pointer}/Condition`, operator), key);
        const values = [...each<ConditionValue>(given)].map(([value, place]) => [value, at + place] as const);
        for (const rule of conditionRules) yield* rule({ pointer: at, operator, name, key, values }, policy);
      }
    }
  },
];

const literalVariable = (pointer: string, text: string): Finding =>
  warning(
    pointer,
    'variable-is-literal',
    `${quoted(text)} is plain text here: add \`"Version": "2012-10-17"\` for variables`,
  );

const conditionRules: readonly ConditionRule[] = [
  function* literalVariables({ values, name }, { variables }) {
    if (variables || (name.operator?.family !== 'string' && name.operator?.family !== 'arn')) return;
    for (const [value, at] of values) if (looksLikeVariable(String(value))) yield literalVariable(at, String(value));
  },
  function* severalBooleans({ pointer, name, values }) {
    if (name.base === 'Bool' && values.length > 1) {
      yield warning(pointer, 'several-booleans', 'a Bool test of both values is always true: keep one value');
    }
  },
  function* literalWildcards({ operator, name, values }) {
    if (name.operator?.family !== 'string' || name.base.endsWith('Like')) return;
    for (const [value, at] of values) {
      if (!/[*?]/.test(String(value).replaceAll(/\$\{[*?$]\}/g, ''))) continue;
      const like = operator.replace(/Equals(IgnoreCase)?/, 'Like');
      yield warning(
        at,
        'wildcard-is-literal',
        `${quoted(String(value))} is compared as it is: use \`${like}\` for wildcards`,
      );
    }
  },
  function* vpcIds({ key, values, name }) {
    const prefix = { 'aws:sourcevpc': 'vpc-', 'aws:sourcevpce': 'vpce-' }[key.toLowerCase()];
    if (prefix === undefined || name.operator?.family !== 'string') return;
    for (const [value, at] of values) {
      const text = String(value);
      if (
        /[*?$]/.test(text) ||
        (text.startsWith(prefix) && /^(?:[a-z0-9]{8}|[a-z0-9]{17})$/.test(text.slice(prefix.length)))
      )
        continue;
      yield warning(
        at,
        'vpc-id-format',
        `${quoted(text)} is no id of AWS: write \`${prefix}\` and 8 or 17 letters and digits`,
      );
    }
  },
  function* allOfOne({ pointer, key, name }) {
    if (name.qualifier === 'ForAllValues' && conditionKey(key.toLowerCase())?.multivalued === false) {
      const detail = `${quoted(key)} holds one value, and ForAllValues is true when it is absent: drop the qualifier`;
      yield warning(pointer, 'for-all-values-on-single-value', detail);
    }
  },
  function* anyIfExists({ pointer, name }) {
    if (name.qualifier === 'ForAnyValue' && name.ifExists) {
      const detail = 'AWS does not say whether ForAnyValue or IfExists decides when the key is absent; here it is true';
      yield warning(pointer, 'any-value-if-exists', detail);
    }
  },
  function* privateSourceIp({ pointer, key, values, name }) {
    if (key.toLowerCase() !== 'aws:sourceip' || name.operator?.family !== 'ip') return;
    const allPrivate = values.every(([value]) => {
      const range = parseCidr(String(value));
      return range.ok && isPrivate(range.value);
    });
    if (allPrivate) {
      const detail =
        'aws:SourceIp never holds a private address: test aws:VpcSourceIp, which holds that of the caller in the VPC';
      yield warning(pointer, 'private-source-ip', detail);
    }
  },
  function* bareNumberDates({ values, name }) {
    if (name.operator?.family !== 'date') return;
    for (const [value, at] of values) {
      if (!/^-?\d+$/.test(String(value))) continue;
      const read = /^\d{4}$/.test(String(value)) ? 'a year' : 'seconds since 1970';
      yield info(
        at,
        'bare-number-date',
        `${quoted(String(value))} is read as ${read}: write \`2026-06-01T00:00:00Z\` to be clear`,
      );
    }
  },
  function* unresolvableVariables({ values, name }, { variables }) {
    if (!variables || (name.operator?.family !== 'string' && name.operator?.family !== 'arn')) return;
    for (const [value, at] of values) {
      for (const [, key = ''] of String(value).matchAll(/\$\{([^},]+)/g)) {
        if (conditionKey(key.toLowerCase())?.multivalued) {
          yield warning(at, 'variable-holds-set', `${quoted(key)} holds a set, so the variable never has a value`);
        }
      }
    }
  },
];
