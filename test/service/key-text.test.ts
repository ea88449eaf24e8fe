import { describe, expect, it } from 'vitest';
import { digestOf, isKey, newKey } from '../../src/service/key-text.js';

describe('a new key', () => {
  it('has 256 random bits, a beginning that scanners know, and a checksum', () => {
    const keys = Array.from({ length: 1000 }, newKey);
    expect(new Set(keys).size).toBe(1000);
    for (const key of keys) {
      expect(key).toMatch(/^postern_[0-9A-Za-z]{49}$/);
      expect(isKey(key)).toBe(true);
    }
    // Every place but the first, which 256 bits do not fill, takes any of the 62 digits.
    for (let place = 9; place < 51; place++) {
      expect(new Set(keys.map((key) => key[place])).size, `place ${place}`).toBeGreaterThan(50);
    }
  });

  it('is told from one with a typing error', () => {
    const key = newKey();
    for (let at = 0; at < key.length; at++) {
      expect(isKey(key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1)), `place ${at}`).toBe(false);
    }
    for (const other of ['', 'postern_', key.slice(0, -1), `${key}0`, ` ${key}`, key.toUpperCase()]) {
      expect(isKey(other)).toBe(false);
    }
  });

  it('is not to be found in what is kept of it', () => {
    const key = newKey();
    expect(digestOf(key)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(key)).toBe(digestOf(key));
    expect(digestOf(key)).not.toBe(digestOf(newKey()));
  });
});
