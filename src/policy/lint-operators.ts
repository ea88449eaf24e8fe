import { conditionKey } from './condition-keys.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { ConditionTest, Entry, StatementRule, TestRule } from './linted.js';
import { looksLikeVariable } from './variables.js';

const isTextual = ({ name }: ConditionTest): boolean =>
  name.operator?.family === 'string' || name.operator?.family === 'arn';

const literalVariable = ({ text, pointer }: Entry) =>
  finding(
    'variable-is-literal',
    pointer,
    `${quoted(text)} is plain text here: add \`"Version": "2012-10-17"\` for variables`,
  );

/** Variables in resources; those in conditions are below. */
export const variableRules: readonly StatementRule[] = [
  function* literalInResource(statement, { variables }) {
    if (variables) return;
    for (const entry of statement.entries('Resource')) if (looksLikeVariable(entry.text)) yield literalVariable(entry);
  },
];

/** How a condition is written, whatever its key holds. */
export const operatorRules: readonly TestRule[] = [
  function* literalVariables(test, _, { variables }) {
    if (variables || !isTextual(test)) return;
    for (const entry of test.values) if (looksLikeVariable(entry.text)) yield literalVariable(entry);
  },
  function* severalBooleans({ pointer, name, values }) {
    if (name.base === 'Bool' && values.length > 1) {
      yield finding('several-booleans', pointer, 'a Bool test of both values is always true: keep one value');
    }
  },
  function* literalWildcards({ operatorText, name, values }) {
    if (name.operator?.family !== 'string' || name.base.endsWith('Like')) return;
    for (const { text, pointer } of values) {
      if (!/[*?]/.test(text.replaceAll(/\$\{[*?$]\}/g, ''))) continue;
      const like = operatorText.replace(/Equals(IgnoreCase)?/, 'Like');
      const detail = `${quoted(text)} is compared as it is: use \`${like}\` for wildcards`;
      yield finding('wildcard-is-literal', pointer, detail);
    }
  },
  function* allOfOne({ pointer, keyText, name, known }) {
    if (name.qualifier === 'ForAllValues' && known?.multivalued === false) {
      const detail = `${quoted(keyText)} holds one value, and ForAllValues is true when it is absent: drop the qualifier`;
      yield finding('for-all-values-on-single-value', pointer, detail);
    }
  },
  function* anyIfExists({ pointer, name }) {
    if (name.qualifier === 'ForAnyValue' && name.ifExists) {
      const detail =
        'AWS does not say whether ForAnyValue or IfExists decides when the key is absent; here it is true: drop one of them';
      yield finding('any-value-if-exists', pointer, detail);
    }
  },
  function* qualifiedNull({ pointer, name }) {
    if (name.base !== 'Null' || name.qualifier === null) return;
    const outcome = name.qualifier === 'ForAllValues' ? 'always' : 'never';
    const detail = `${quoted(`${name.qualifier}:Null`)} is ${outcome} true, whatever the key holds: write \`Null\``;
    yield finding('null-with-qualifier', pointer, detail);
  },
  function* bareNumberDates({ values, name }) {
    if (name.operator?.family !== 'date') return;
    for (const { text, pointer } of values) {
      if (!/^-?\d+$/.test(text)) continue;
      const read = /^\d{4}$/.test(text) ? 'a year' : 'seconds since 1970';
      const detail = `${quoted(text)} is read as ${read}: write \`2026-06-01T00:00:00Z\` to be clear`;
      yield finding('bare-number-date', pointer, detail);
    }
  },
  function* unresolvableVariables(test, _, { variables }) {
    if (!variables || !isTextual(test)) return;
    for (const { text, pointer } of test.values) {
      for (const [, key = ''] of text.matchAll(/\$\{([^},]+)/g)) {
        if (!conditionKey(key.toLowerCase())?.multivalued) continue;
        yield finding(
          'variable-holds-set',
          pointer,
          `${quoted(key)} holds a set, so the variable never has a value: test the key itself, with ForAnyValue`,
        );
      }
    }
  },
];
