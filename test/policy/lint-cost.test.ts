import { describe, expect, it } from 'vitest';
import { lintPolicy } from '../../src/policy/lint.js';
import { parsed } from './ask.js';
import { allow, deny, type Json, when } from './lint-cases.js';

describe('advice on the largest policies', () => {
  const many = (statement: (index: number) => Json): Json => {
    const Statement: Json[] = [];
    for (let size = 100; ; ) {
      const next = statement(Statement.length);
      size += JSON.stringify(next).length + 1;
      if (size > 20_480) return { Version: '2012-10-17', Statement };
      Statement.push(next);
    }
  };
  const stars = (text: string) => `arn:aws:execute-api:*:*:${text}`;

  it.each<[string, Json]>([
    [
      'tiny statements',
      many((at) => ({ Effect: at % 2 ? 'Allow' : 'Deny', Principal: '*', Action: '*', Resource: stars(`a${at}/*`) })),
    ],
    [
      'hostile patterns',
      many((at) => ({
        ...allow(),
        Effect: at % 2 ? 'Allow' : 'Deny',
        Resource: stars(at % 2 ? 'a?*'.repeat(30) : 'a*?'.repeat(30)),
      })),
    ],
    [
      'two huge patterns',
      { Statement: [allow({ Resource: stars('a?*'.repeat(3000)) }), deny({ Resource: stars('a*?'.repeat(3000)) })] },
    ],
    [
      'many values',
      {
        Statement: allow(
          when({
            StringEquals: { 'acme:x': Array.from({ length: 1200 }, (_, at) => `a${at}`) },
            StringNotLike: { 'acme:x': Array.from({ length: 1200 }, (_, at) => `*${at}?*`) },
          }),
        ),
      },
    ],
  ])('takes little time: %s', (_, document) => {
    const policy = parsed('resource', document);
    const once = (): number => {
      const start = process.cpuUsage();
      lintPolicy('resource', policy);
      return process.cpuUsage(start).user / 1000;
    };
    // About five milliseconds; the bound is for a machine that has other things to do.
    expect(Math.min(...Array.from({ length: 10 }, once))).toBeLessThan(40);
  });
});
