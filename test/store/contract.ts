import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditTests } from './contract-audit.js';
import { concurrencyTests } from './contract-concurrency.js';
import { historyTests } from './contract-history.js';
import { keyTests } from './contract-keys.js';
import { modelTests } from './contract-model.js';
import { policyTests } from './contract-policies.js';
import { recordTests } from './contract-records.js';
import { sinceTests } from './contract-since.js';
import type { OpenedStore, Suite } from './suite.js';

/**
 * What every store must do. A backend's own test calls this with a way to open an empty store.
 * @param skip what a backend cannot do, with the reason, which the report shows; a title that no test has is an error
 */
export function describeStore(
  name: string,
  open: () => Promise<OpenedStore>,
  skip: readonly { readonly test: string; readonly reason: string }[] = [],
): void {
  describe(`store contract: ${name}`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.cleanup());

    const titles = new Set<string>();
    const suite: Suite = {
      store: () => opened.store,
      reopen: () => opened.reopen?.bind(opened),
      test: (title, run) => {
        titles.add(title);
        const skipped = skip.find(({ test }) => test === title);
        it(title, { timeout: 30_000 }, (context) => (skipped ? context.skip(skipped.reason) : run()));
      },
    };
    policyTests(suite);
    recordTests(suite);
    historyTests(suite);
    concurrencyTests(suite);
    modelTests(suite);
    sinceTests(suite);
    keyTests(suite);
    auditTests(suite);

    it('skips only tests that exist', () => {
      expect(skip.filter(({ test }) => !titles.has(test))).toEqual([]);
    });
  });
}
