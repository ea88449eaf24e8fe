/** What a command ends with, for shells and CI. Only `ok` is zero, and only an Allow or a clean run is `ok`. */
export const EXIT = { ok: 0, found: 1, unusable: 2, deny: 3, noAnswer: 4, bug: 70 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** As help texts and the reference say it. */
export const exitMeanings: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done: the decision is Allow, the files are valid, the tests pass, there is no difference, no decision would change',
  found: 'faults, failing tests, differences or decisions that would change were found',
  unusable: 'the command line, a file or a question cannot be used',
  deny: 'the decision is Deny',
  noAnswer: 'there is no answer: the server cannot be reached, or refuses',
  bug: 'a fault of Postern itself',
};
