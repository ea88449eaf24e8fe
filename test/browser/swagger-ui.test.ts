import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from './browser.js';
import { serve } from './served.js';

if (chromiumPath === undefined)
  process.stderr.write('no Chromium (apt-get install chromium): Swagger UI is not tried\n');

// A browser takes its time on a busy machine.
describe.skipIf(chromiumPath === undefined)('Swagger UI in a browser', { timeout: 180_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it('answers 2xx to every example, executed from the top down on a fresh store', async () => {
    const { address, close } = await serve();
    const page = await browser.newPage();
    const hosts = new Set<string>();
    const complaints: string[] = [];
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol !== 'data:') hosts.add(host);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${address}/docs`);
    const operations = page.locator('.opblock');
    await operations.first().waitFor();
    const shown = await operations.count();
    const { paths } = (await (await fetch(`${address}/openapi.json`)).json()) as { paths: Record<string, object> };
    expect(shown).toBe(Object.values(paths).flatMap((item) => Object.keys(item)).length);
    const answers: string[] = [];
    for (let at = 0; at < shown; at++) {
      answers.push(await execute(operations.nth(at)));
      // Thirty open operations are slow to lay out.
      await operations.nth(at).locator('.opblock-summary-control').click();
    }
    // A gateway asks with headers that no browser sends, and without them it is not clear what is asked.
    const ofGateways = ['forwardAuth', 'extAuthz'].map((id) => `GET operations-Gateways-${id} 403`);
    expect(answers.filter((answer) => !/ 2\d\d$/.test(answer))).toEqual(ofGateways);
    expect([...hosts]).toEqual([new URL(address).host]);
    expect(complaints).toEqual([]);
    await page.close();
    close();
  });

  it('explains a denial to who reads it', async () => {
    const { address, close } = await serve();
    const page = await browser.newPage();
    await page.goto(`${address}/docs`);
    for (const id of ASKED_ABOUT) expect(await execute(operation(page, id))).toMatch(/ 201$/);
    const explain = operation(page, 'explain');
    await execute(explain);
    const answer = await explain
      .locator('.live-responses-table .response-col_description .highlight-code')
      .first()
      .innerText();
    expect(answer).toContain('"decision": "Deny"');
    expect(answer).toContain('"remedies"');
    await page.close();
    close();
  });

  it('asks with a key once it is entered under Authorize, and never before', async () => {
    const key = 'a-bootstrap-key-of-more-than-32-characters';
    const { address, close } = await serve({ POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: key });
    const page = await browser.newPage();
    const sent: (string | undefined)[] = [];
    page.on('request', (request) => sent.push(request.headers().authorization));
    await page.goto(`${address}/docs`);
    expect(await execute(operation(page, 'decide'))).toMatch(/ 401$/);
    expect(sent.filter(Boolean)).toEqual([]);
    await page.locator('.auth-wrapper .authorize').first().click();
    const dialogue = page.locator('.modal-ux');
    await dialogue.locator('input').fill(key);
    await dialogue.locator('.modal-btn.authorize').click();
    await dialogue.locator('.btn-done').click();
    const statuses: string[] = [];
    for (const id of ASKED_ABOUT) statuses.push(await execute(operation(page, id)));
    statuses.push(await executeAgain(operation(page, 'decide')));
    for (const status of statuses) expect(status).toMatch(/ 2\d\d$/);
    expect(sent.filter(Boolean)).toEqual(statuses.map(() => `Bearer ${key}`));
    await page.close();
    close();
  });

  it('is usable on a phone: nothing is wider than the page', async () => {
    const { address, close } = await serve();
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await page.goto(`${address}/docs`);
    const decide = operation(page, 'decide');
    await decide.waitFor();
    await decide.locator('.opblock-summary-control').click();
    await decide.locator('.execute').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const box = await decide.locator('.execute').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    await page.close();
    close();
  });
});

/** What stores all that the examples of decisions ask about. */
const ASKED_ABOUT = ['putEndpointPolicy', 'putResourcePolicy', 'putEndpoint', 'putApi'];

const operation = (page: Page, id: string): Locator => page.locator(`.opblock[id$="-${id}"]`);

/** Opens an operation and presses Execute. @returns its name and the status of the answer */
async function execute(block: Locator): Promise<string> {
  const run = block.locator('.execute');
  if (!(await run.isVisible())) await block.locator('.opblock-summary-control').click();
  await run.click();
  const status = block.locator('.live-responses-table .response .response-col_status').first();
  await status.waitFor();
  const name = `${await block.locator('.opblock-summary-method').innerText()} ${await block.getAttribute('id')}`;
  return `${name} ${(await status.innerText()).trim().split(/\s/)[0]}`;
}

/** For an operation that shows an answer already, which must not be taken for the new one. */
async function executeAgain(block: Locator): Promise<string> {
  await block.locator('.btn-clear').click();
  await block.locator('.live-responses-table').waitFor({ state: 'detached' });
  return execute(block);
}
