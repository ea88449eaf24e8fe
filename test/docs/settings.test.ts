import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { settings, settingsByTopic } from '../../src/settings.js';
import { reference } from './settings.js';

it('docs/settings.md is what the code says', async () => {
  await expect(reference()).toMatchFileSnapshot('../../docs/settings.md');
});

it('every setting of a topic is one, and says what it does', () => {
  const listed = Object.values(settingsByTopic).flatMap((topic) => Object.entries(topic));
  expect(listed.map(([name]) => name)).toEqual(Object.keys(settings));
  expect(listed.filter(([, { desc }]) => !desc)).toEqual([]);
});

it('an empty setting is wrong, as the page says', () => {
  const wrong = Object.keys(settings).filter((name) => {
    try {
      return readConfig({ [name]: '' }) === undefined;
    } catch (error) {
      return (error as Error).message.includes(name);
    }
  });
  expect(wrong).toEqual(Object.keys(settings));
});
