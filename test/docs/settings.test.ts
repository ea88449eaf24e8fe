import { expect, it } from 'vitest';
import { type ConfigError, readConfig } from '../../src/config.js';
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

it.each(['hunter2hunter2', 'postgres://me:hunter2hunter2@database', '{"key":"hunter2hunter2"}', 'me:hunter2hunter2\n'])(
  'what was written instead of a value is not told: %j',
  (text) => {
    const all = Object.fromEntries(Object.keys(settings).map((name) => [name, text]));
    const told = [all, ...Object.keys(settings).map((name) => ({ POSTERN_AUTH: 'required', [name]: text }))].flatMap(
      (env) => {
        try {
          readConfig(env);
          return [];
        } catch (error) {
          return (error as ConfigError).faults;
        }
      },
    );
    expect(told.length).toBeGreaterThan(Object.keys(settings).length);
    expect(told.filter((fault) => fault.includes('hunter2'))).toEqual([]);
  },
);

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
