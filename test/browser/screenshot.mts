/** `npm run screenshot`: the picture in the README, of Swagger UI with a decision that was executed. */
import { fileURLToPath } from 'node:url';
import { openBrowser } from './browser.js';
import { serve } from './served.js';

const WIDTH = 1280;
const { address, close } = await serve();
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } });
const operation = (id: string) => page.locator(`.opblock[id$="-${id}"]`);

await page.goto(`${address}/docs`);
// First what the example of a decision asks about.
for (const id of ['putEndpointPolicy', 'putResourcePolicy', 'putEndpoint', 'putApi', 'decide']) {
  const block = operation(id);
  await block.locator('.opblock-summary-control').click();
  await block.locator('.execute').click();
  await block.locator('.live-responses-table .response').first().waitFor();
  if (id !== 'decide') await block.locator('.opblock-summary-control').click();
}

// From the operation's name to its answer, without the empty half of the field for the body.
const decide = operation('decide');
await decide.locator('textarea').evaluate((field) => field.setAttribute('style', 'height: 190px; min-height: 0'));
await page.mouse.move(0, 0);
const top = (await decide.boundingBox())?.y ?? 0;
const answer = await decide
  .locator('.live-responses-table .response-col_description .highlight-code')
  .first()
  .boundingBox();
const scrolled = Number(await page.evaluate('scrollY'));
await page.screenshot({
  path: fileURLToPath(new URL('../../docs/images/swagger-ui.png', import.meta.url)),
  fullPage: true,
  clip: { x: 0, y: top + scrolled - 10, width: WIDTH, height: (answer?.y ?? 0) + (answer?.height ?? 0) - top + 18 },
});
await browser.close();
close();
