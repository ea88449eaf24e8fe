import { foreignCharacters } from './characters.js';
import { finding } from './finding.js';
import { quoted } from './issue.js';
import type { DocumentRule } from './linted.js';

/** Texts and labels, and what a document of Denies alone does. */
export const documentRules: readonly DocumentRule[] = [
  function* foreign({ document, kind }) {
    if (kind === 'identity') return;
    for (const { pointer } of foreignCharacters(document, 10)) {
      const detail =
        'IAM takes only tab, line breaks and U+0020 to U+00FF in a policy: AWS may refuse this text: write it with those';
      yield finding('foreign-character', pointer, detail);
    }
  },
  function* sids({ statements, kind }) {
    const seen = new Set<string>();
    for (const { element, pointer } of statements) {
      const { Sid } = element;
      if (Sid === undefined) continue;
      if (Sid === '') {
        yield finding('empty-sid', `${pointer}/Sid`, 'an empty Sid names nothing: write one or leave it out');
      }
      if (seen.has(Sid)) {
        const detail = `the Sid ${quoted(Sid)} stands twice: give each statement its own, or a decision cannot name it`;
        yield finding('duplicate-sid', `${pointer}/Sid`, detail);
      }
      if (kind === 'identity' && !/^[A-Za-z0-9]*$/.test(Sid)) {
        const detail = 'IAM takes only letters and digits in a Sid of an identity policy: leave out the rest';
        yield finding('sid-characters', `${pointer}/Sid`, detail);
      }
      seen.add(Sid);
    }
  },
  function* nothingGranted({ statements, kind }) {
    if (kind === 'identity' || statements.some(({ isAllow }) => isAllow)) return;
    if (kind === 'endpoint') {
      const detail =
        'there is no Allow, so no call passes this endpoint: add ' +
        '`{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}` for the Denies to narrow';
      yield finding('grants-nothing', '/Statement', detail);
    } else {
      const detail =
        'there is no Allow: only AWS_IAM methods (an identity policy of the same account) and CUSTOM methods (the ' +
        'authorizer) can still allow a call; for NONE and COGNITO_USER_POOLS add an Allow of `execute-api:/*`';
      yield finding('grants-nothing-alone', '/Statement', detail);
    }
  },
];
