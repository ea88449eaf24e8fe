import { expect, it } from 'vitest';
import { formAt } from '../../src/http/problem-forms.js';

const faults = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ pointer: `/${n}`, code: 'malformed', detail: 'is wrong' }));
const sentence = (count: number) =>
  formAt('/access/v1/evaluation')?.body({ status: 400, code: 'malformed-request', detail: 'x', errors: faults(count) });

it('twenty faults are told in a sentence, and that there are more', () => {
  expect(sentence(20)).toMatch(/; \/19 is wrong$/);
  expect(sentence(21)).toMatch(/; \/19 is wrong; and more$/);
});
