import { randomFillSync } from 'node:crypto';

/** Ids that are made at once. Whoever keeps one in memory keeps the text of them all, 4.5 KiB. */
const BATCH = 128;
/** Of an id as a number, and characters of it as text. */
const BYTES = 16;
const LENGTH = 36;

const random = Buffer.alloc(BATCH * BYTES);
const text = Buffer.alloc(BATCH * LENGTH, '-');
const HEX = Buffer.from('0123456789abcdef');

let batch = '';
let next = BATCH;

/**
 * A UUID of version 4 (RFC 9562, section 5.4). `crypto.randomUUID` puts each together from twenty pieces, and takes ten times
 * as long between other work; every request and every decision has one.
 */
export function newId(): string {
  if (next === BATCH) {
    batch = makeBatch();
    next = 0;
  }
  const from = next++ * LENGTH;
  return batch.slice(from, from + LENGTH);
}

function makeBatch(): string {
  randomFillSync(random);
  let to = 0;
  for (let at = 0; at < random.length; at++) {
    const place = at % BYTES;
    let byte = random[at]!;
    if (place === 6) byte = 0x40 | (byte & 0x0f);
    if (place === 8) byte = 0x80 | (byte & 0x3f);
    if (place === 4 || place === 6 || place === 8 || place === 10) to++;
    text[to++] = HEX[byte >> 4]!;
    text[to++] = HEX[byte & 0x0f]!;
  }
  return text.toString('latin1');
}
