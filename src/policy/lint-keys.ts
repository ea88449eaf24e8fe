import { finding } from './finding.js';
import { isPrivate, parseCidr } from './ip.js';
import { quoted } from './issue.js';
import type { ConditionTest, LintedStatement, TestRule } from './linted.js';

/** What a condition asks of its key, and what the key can hold in a call of execute-api. */
export const keyRules: readonly TestRule[] = [
  function* vpcIds({ key, values, name }) {
    const prefix = { 'aws:sourcevpc': 'vpc-', 'aws:sourcevpce': 'vpce-' }[key];
    if (prefix === undefined || name.operator?.family !== 'string') return;
    for (const { text, pointer } of values) {
      if (/[*?$]/.test(text)) continue;
      if (text.startsWith(prefix) && /^(?:[a-z0-9]{8}|[a-z0-9]{17})$/.test(text.slice(prefix.length))) continue;
      const detail = `${quoted(text)} is no id of AWS: write \`${prefix}\` and 8 or 17 letters and digits`;
      yield finding('vpc-id-format', pointer, detail);
    }
  },
  function* sourceIp({ pointer, key, values, name }, _, { kind }) {
    if (key !== 'aws:sourceip' || name.operator?.family !== 'ip') return;
    const allPrivate = values.every(({ text }) => {
      const range = parseCidr(text);
      return range.ok && isPrivate(range.value);
    });
    if (allPrivate) {
      const detail =
        'aws:SourceIp never holds a private address: test aws:VpcSourceIp, which holds that of the caller in the VPC';
      yield finding('private-source-ip', pointer, detail);
    } else if (kind !== 'identity') {
      const detail = 'a call through an endpoint carries no aws:SourceIp: test aws:VpcSourceIp, the address in the VPC';
      yield finding('source-ip-absent', pointer, detail);
    }
  },
  function* unknown({ pointer, key, keyText, known }) {
    if (known !== undefined || !/^(?:aws|execute-api):/.test(key)) return;
    const detail = `AWS documents no key ${quoted(keyText)}, so it is absent from every call: correct its name`;
    yield finding('unknown-key', pointer, detail);
  },
  function* neverSet({ pointer, keyText, known }, _, { kind }) {
    // An identity policy speaks of every service that its caller uses, and some set these keys.
    if (known?.presence !== 'never' || kind === 'identity') return;
    const detail =
      `execute-api does not set ${quoted(keyText)}: unless whoever asks for a decision supplies it, positive tests ` +
      'of it fail and negated ones hold; test aws:SourceVpc, aws:SourceVpce or aws:ResourceAccount';
    yield finding('key-never-set', pointer, detail);
  },
  function* sessions({ key, values }) {
    if (key !== 'aws:principalarn') return;
    for (const { text, pointer } of values) {
      const session = /^(arn:[^:]*):sts:[^:]*:([^:]*):assumed-role\/([^/]+)/.exec(text);
      if (session === null) continue;
      const [, partition, account, role] = session;
      const detail = `aws:PrincipalArn holds a session's role: write \`${partition}:iam::${account}:role/${role}\``;
      yield finding('session-as-principal-arn', pointer, detail);
    }
  },
  function* negatedAllow(test, statement) {
    const { pointer, keyText, operatorText, name, known } = test;
    if (!statement.isAllow || name.operator?.negated !== true || name.qualifier !== null || name.ifExists) return;
    if (known?.presence === 'always' || isDemanded(test, statement)) return;
    const detail =
      `${quoted(operatorText)} holds for a call without ${quoted(keyText)} too: add \`"Null": {"${keyText}": "false"}\`, ` +
      `or write \`${operatorText}IfExists\` if that is meant`;
    yield finding('absent-key-passes', pointer, detail);
  },
  function* noMfa({ pointer, key, name, values }, statement) {
    if (statement.isAllow || key !== 'aws:multifactorauthpresent' || name.base !== 'Bool' || name.ifExists) return;
    if (name.qualifier !== null || !values.some(({ text }) => text === 'false')) return;
    const detail =
      'a call signed with long-term keys has no aws:MultiFactorAuthPresent and passes: write `BoolIfExists`';
    yield finding('mfa-absent-passes', pointer, detail);
  },
];

/** Whether another test of the statement fails where the key is absent. */
const isDemanded = (test: ConditionTest, { tests }: LintedStatement): boolean =>
  tests.some((other) => {
    if (other === test || other.key !== test.key) return false;
    const { operator, qualifier, ifExists } = other.name;
    if (operator === null) return qualifier === null && other.values.every(({ text }) => text === 'false');
    return !operator.negated && !ifExists && qualifier !== 'ForAllValues';
  });
