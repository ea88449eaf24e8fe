import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { contains, isPrivate, parseAddress, parseCidr } from '../../src/policy/ip.js';
import { matches } from './ask.js';

/** Properties are slow on a machine that others use. */
vi.setConfig({ testTimeout: 60_000 });

/** Whether the range holds the address; undefined when either is no such text. */
function within(range: string, address: string): boolean | undefined {
  const [cidr, value] = [parseCidr(range), parseAddress(address)];
  return cidr.ok && value !== undefined ? contains(cidr.value, value) : undefined;
}

const v4Text = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');

const groupsOf = (value: bigint): string[] =>
  Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));

/** One of the ways in which RFC 4291 lets an address be written. */
function v6Text(value: bigint, way: { upper: boolean; pad: boolean; short: boolean; dotted: boolean }): string {
  const groups = groupsOf(value).map((group) => (way.pad ? group.padStart(4, '0') : group));
  const head = way.dotted ? [...groups.slice(0, 6), v4Text(value & 0xffffffffn)] : groups;
  const zero = /^0+$/;
  const start = way.short ? head.findIndex((group) => zero.test(group)) : -1;
  let end = start;
  while (end >= 0 && end < head.length && zero.test(head[end]!)) end++;
  const text = start < 0 ? head.join(':') : `${head.slice(0, start).join(':')}::${head.slice(end).join(':')}`;
  return way.upper ? text.toUpperCase() : text;
}

const families = { v4: 32n, v6: 128n };
const word = (bits: bigint) =>
  // Runs of zeros and ones, so that ranges and `::` are met.
  fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << bits) - 1n }),
    fc
      .tuple(fc.bigInt({ min: 0n, max: 0xffffn }), fc.integer({ min: 0, max: Number(bits) }))
      .map(([value, shift]) => (value << BigInt(shift)) & ((1n << bits) - 1n)),
  );
const way = fc.record({ upper: fc.boolean(), pad: fc.boolean(), short: fc.boolean(), dotted: fc.boolean() });

describe('a range holds an address when their first bits are the same', () => {
  it.each(['v4', 'v6'] as const)('%s, against BigInt arithmetic', (family) => {
    const bits = families[family];
    const text = (value: bigint, written: Parameters<typeof v6Text>[1]): string =>
      family === 'v4' ? v4Text(value) : v6Text(value, written);
    const seen = { true: 0, false: 0 };
    const drawn = fc.record({
      base: word(bits),
      length: fc.integer({ min: 0, max: Number(bits) }),
      // The base with one bit turned over, or nothing like it.
      bit: fc.option(fc.integer({ min: 0, max: Number(bits) - 1 }), { freq: 10 }),
      other: word(bits),
      ways: fc.tuple(way, way),
    });
    fc.assert(
      fc.property(drawn, ({ base, length, bit, other, ways }) => {
        const address = bit === null ? other : base ^ (1n << BigInt(bit));
        const shift = bits - BigInt(length);
        const expected = base >> shift === address >> shift;
        seen[`${expected}`]++;
        expect(within(`${text(base, ways[0])}/${length}`, text(address, ways[1]))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(300);
  });

  it('one address is a range of itself only', () => {
    fc.assert(
      fc.property(word(32n), word(32n), word(128n), way, (one, two, six, written) => {
        expect(within(v4Text(one), v4Text(two))).toBe(one === two);
        expect(within(v6Text(six, written), v6Text(six, { ...written, short: !written.short }))).toBe(true);
        expect(within(v6Text(six, written), v6Text(six ^ 1n, written))).toBe(false);
      }),
    );
  });

  it('families never meet', () => {
    fc.assert(
      fc.property(word(32n), word(128n), way, (four, six, written) => {
        expect(within('0.0.0.0/0', v6Text(six, written))).toBe(false);
        expect(within('::/0', v4Text(four))).toBe(false);
        // Reading U16: an IPv4-mapped address is an IPv6 one.
        expect(within('0.0.0.0/0', `::ffff:${v4Text(four)}`)).toBe(false);
        expect(within('::ffff:0:0/96', `::ffff:${v4Text(four)}`)).toBe(true);
        expect(within('::ffff:0:0/96', v4Text(four))).toBe(false);
      }),
    );
  });
});

describe('what is no address or range is refused', () => {
  it.each([
    ...[
      '',
      ' ',
      '10',
      '10.0',
      '10.0.0',
      '10.0.0.0.0',
      '10.0.0.256',
      '10.0.0.999',
      '10.0.0.-1',
      '10.0.0.1 ',
      ' 10.0.0.1',
    ],
    ...['010.0.0.1', '10.00.0.1', '10.0.0.01', '0x0a.0.0.1', '10.0..1', '.10.0.0', '10.0.0.', '1e1.0.0.1', '१.0.0.1'],
    ...[':', ':::', ':1', '1:', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1:2:3:4:5:6:7:8', 'g::', '12345::'],
    ...['fe80::1%eth0', 'fe80::1%25', '[::1]', '::1.2.3', '::1.2.3.256', '1.2.3.4::', '::1.2.3.4:5', '::01.2.3.4'],
    ...['1:2:3:4:5:6:7:1.2.3.4', '1::2:3:4:5:6:7:8', ':1:2:3:4:5:6:7:8', '10.0.0.0/8', '::/0'],
  ])('address %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it.each([
    ...['', '/', '/8', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/8/8', '10.0.0.0/ 8'],
    ...['10.0.0.0/+8', '10.0.0.0/8.0', '10.0.0.0/255.0.0.0', '10.0.0/8', '10.*', '*', '::/129', '::/', 'fe80::1%0/64'],
    ...['10.0.0.0/1e1', '10.0.0.0/٨'],
  ])('range %j', (text) => {
    const range = parseCidr(text);
    expect(range.ok).toBe(false);
  });

  it.each([
    '0.0.0.0/0',
    '255.255.255.255/32',
    '10.1.2.3/8',
    '::',
    '::/0',
    '::1/128',
    '1::',
    '::8.8.8.8',
    '1:2:3:4:5:6:1.2.3.4',
  ])('while %j is a range', (text) => {
    expect(parseCidr(text).ok).toBe(true);
  });
});

describe('private ranges', () => {
  it.each(['10.0.0.0/8', '10.1.2.3', '172.16.0.0/12', '172.31.255.255', '192.168.1.0/24', 'fc00::/7', 'fd12::1'])(
    '%s is private',
    (text) => {
      const range = parseCidr(text);
      expect(range.ok && isPrivate(range.value)).toBe(true);
    },
  );

  it.each(['10.0.0.0/7', '172.16.0.0/11', '172.32.0.0/16', '192.0.0.0/8', '0.0.0.0/0', '8.8.8.8', '::/0', 'fe80::/10'])(
    '%s is not',
    (text) => {
      const range = parseCidr(text);
      expect(range.ok && isPrivate(range.value)).toBe(false);
    },
  );
});

describe('NotIpAddress with IPv4 ranges', () => {
  const condition = { Condition: { NotIpAddress: { 'aws:VpcSourceIp': ['10.0.0.0/8', '192.168.0.0/16'] } } };
  it.each([
    ['an address in a range', '10.9.8.7', false],
    ['an address outside of all', '11.0.0.1', true],
    ['an IPv6 address', 'fd12::1', true],
    ['a mapped address (reading U16)', '::ffff:10.9.8.7', true],
  ])('%s', (_, address, expected) => {
    expect(matches(condition, { context: { 'aws:VpcSourceIp': address } })).toBe(expected);
  });
  it('holds when the key is absent', () => {
    expect(matches(condition, {})).toBe(true);
  });
});
