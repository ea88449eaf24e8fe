import { expect, it } from 'vitest';
import { newId } from '../../src/service/new-id.js';

const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('ids are UUIDs of version 4, all different, of which every digit that may vary does', () => {
  const ids = Array.from({ length: 10_000 }, newId);
  expect(ids.filter((id) => !V4.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  const variants = Array.from({ length: 36 }, (_, at) => new Set(ids.map((id) => id[at])).size);
  // Of the digits one says the version, one has two random bits, and four places are dashes.
  expect(variants.filter((count) => count === 16)).toHaveLength(30);
  expect([variants[14], variants[19], variants[8], variants[13], variants[18], variants[23]]).toEqual([
    1, 4, 1, 1, 1, 1,
  ]);
});
