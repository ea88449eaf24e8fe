import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  compareDecimals,
  compareInstants,
  parseBase64,
  parseBoolean,
  parseDecimal,
  parseInstant,
} from '../../src/policy/values.js';

/** Properties are slow on a machine that others use. */
vi.setConfig({ testTimeout: 60_000 });

const order = (left: string, right: string): number =>
  Math.sign(compareDecimals(parseDecimal(left)!, parseDecimal(right)!));

describe('decimals', () => {
  it.each([
    ['10', '10.0', 0],
    ['010', '10', 0],
    ['+5', '5', 0],
    ['-0', '0', 0],
    ['-0.000', '+0', 0],
    ['.5', '0.50', 0],
    ['5.', '5', 0],
    ['-1', '1', -1],
    ['-2', '-1', -1],
    ['-.5', '-.25', -1],
    ['9', '10', -1],
    ['0.1', '0.09', 1],
    // A double cannot tell these apart.
    ['9007199254740993', '9007199254740992', 1],
    ['-9007199254740993', '-9007199254740992', -1],
    ['0.10000000000000000001', '0.1', 1],
    ['123456789012345678901234567890', '123456789012345678901234567891', -1],
    ['123456789012345678901234567890.0', '123456789012345678901234567890', 0],
    [`1${'0'.repeat(320)}`, `1${'0'.repeat(321)}`, -1],
    [`-1${'0'.repeat(320)}`, `1${'0'.repeat(320)}`, -1],
    [`0.${'0'.repeat(340)}1`, '0', 1],
    [`0.${'0'.repeat(340)}1`, `0.${'0'.repeat(341)}1`, 1],
  ])('%s against %s: %i', (left, right, expected) => {
    expect(order(left, right)).toBe(expected);
    expect(order(right, left) + expected).toBe(0);
  });

  it('are compared exactly', () => {
    const digits = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    const drawn = fc.record({ units: digits, change: fc.constantFrom(0n, 1n, -1n, 10n ** 9n), places: fc.nat(30) });
    const written = (units: bigint, places: number): string => {
      const text = String(units < 0n ? -units : units).padStart(places + 1, '0');
      const whole = text.slice(0, text.length - places);
      return `${units < 0n ? '-' : ''}${whole}${places > 0 ? `.${text.slice(text.length - places)}` : ''}`;
    };
    fc.assert(
      fc.property(drawn, fc.nat(5), ({ units, change, places }, zeros) => {
        const other = units + change;
        const right = written(other, places) + (places > 0 ? '0'.repeat(zeros) : '');
        expect(order(written(units, places), right)).toBe(units < other ? -1 : units > other ? 1 : 0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    '.',
    '+',
    '-',
    '+.',
    '1e3',
    '1E3',
    '0x10',
    '1,000',
    '1_000',
    ' 1',
    '1 ',
    '--1',
    '1.2.3',
    'NaN',
    'Infinity',
    '١',
  ])('%j is none', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });
});

describe('dates', () => {
  const ms = (text: string): number | undefined => parseInstant(text)?.ms;

  it.each([
    ['2024', '2024-01-01T00:00:00Z'],
    ['2024-06', '2024-06-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2024-06-01T02:03Z', '2024-06-01T02:03:00Z'],
    ['2024-06-01T02:03:04Z', '2024-06-01T02:03:04Z'],
    ['2024-06-01T02:03:04.5Z', '2024-06-01T02:03:04.500Z'],
    ['2024-06-01T02:03:04.056Z', '2024-06-01T02:03:04.056Z'],
    ['2024-06-01T02:03+02:00', '2024-06-01T00:03:00Z'],
    ['2024-06-01T02:03:04-05:30', '2024-06-01T07:33:04Z'],
    ['2024-01-01T00:00:00+14:00', '2023-12-31T10:00:00Z'],
    ['2024-12-31T23:59:59.9-00:01', '2025-01-01T00:00:59.900Z'],
    ['0001', '0001-01-01T00:00:00Z'],
    ['0099-12-31', '0099-12-31T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(ms(text)).toBe(Date.parse(expected));
  });

  it.each([
    ['0', 0],
    ['1', 1000],
    ['999', 999_000],
    ['10000', 10_000_000],
    ['1717200000', Date.parse('2024-06-01T00:00:00Z')],
    ['-1', -1000],
    // Reading U14: longer than four digits are seconds, never milliseconds.
    ['1717200000000', 1_717_200_000_000_000],
  ])('%s is so many seconds since 1970', (text, expected) => {
    expect(ms(text)).toBe(expected);
  });

  it('a bare number of four digits is a year (reading U14)', () => {
    expect(ms('2024')).toBe(Date.UTC(2024, 0, 1));
    expect(ms('1970')).toBe(0);
  });

  it('agree with the calendar for every form, whatever the offset', () => {
    const instant = fc.date({
      min: new Date('0100-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.integer({ min: -1439, max: 1439 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
        expect(ms(`${local}${offset < 0 ? '-' : '+'}${zone}`)).toBe(date.getTime());
        expect(ms(date.toISOString())).toBe(date.getTime());
        const day = date.toISOString().slice(0, 10);
        expect(ms(day)).toBe(Date.parse(day));
        expect(ms(day.slice(0, 7))).toBe(Date.parse(`${day.slice(0, 7)}-01`));
      }),
    );
  });

  it('are compared to the last digit of a fraction', () => {
    const compare = (left: string, right: string): number =>
      Math.sign(compareInstants(parseInstant(left)!, parseInstant(right)!));
    expect(compare('2024-06-01T00:00:00.0001Z', '2024-06-01T00:00:00Z')).toBe(1);
    expect(compare('2024-06-01T00:00:00.1234567Z', '2024-06-01T00:00:00.1234568Z')).toBe(-1);
    expect(compare('2024-06-01T00:00:00.10Z', '2024-06-01T00:00:00.1Z')).toBe(0);
    expect(compare('2024-06-01T02:00:00.0001+02:00', '2024-06-01T00:00:00.0001Z')).toBe(0);
  });

  it.each([
    ...[
      '',
      'now',
      '2023-02-29',
      '1900-02-29',
      '2024-02-30',
      '2024-04-31',
      '2024-13',
      '2024-00',
      '2024-01-00',
      '2024-01-32',
    ],
    ...['2024-06-01T24:00Z', '2024-06-01T23:60Z', '2024-06-01T23:59:60Z', '2024-06-01T02Z', '2024-06-01T02:03'],
    ...['2024-06-01T02:03:04', '2024-06-01T02:03:04.Z', '2024-06-01 02:03:04Z', '2024-06-01t02:03:04z', '2024-6-1'],
    ...['2024-06-01T02:03+2:00', '2024-06-01T02:03+0200', '2024-06-01T02:03+24:00', '2024-06-01T02:03+01:60'],
    ...['2024-06-01Z', '20240601T020304Z', '24-06-01', '+2024', '1e9', '1717200000.5', ' 2024', '2024 ', '2024-W23'],
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('Booleans', () => {
  it('are true and false, in lower case', () => {
    expect(parseBoolean('true')).toBe(true);
    expect(parseBoolean('false')).toBe(false);
    for (const text of ['', '1', '0', 'yes', ' true', 'truee']) expect(parseBoolean(text)).toBeUndefined();
  });
});

describe('base64', () => {
  it('equal texts are equal bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (left, right) => {
        const [a, b] = [left, right].map((bytes) => parseBase64(Buffer.from(bytes).toString('base64')));
        expect(a).toBeDefined();
        expect(a === b).toBe(Buffer.compare(left, right) === 0);
      }),
    );
  });

  it('the bits that decode to nothing do not count', () => {
    expect(parseBase64('QQ==')).toBe(parseBase64('QR=='));
    expect(parseBase64('QUI=')).toBe(parseBase64('QUJ='));
    expect(parseBase64('QQ==')).not.toBe(parseBase64('Qg=='));
  });

  it.each(['Q', 'QQ', 'QQ=', 'QQ===', '=', 'Q===', 'QU-_', 'QQ==QQ==', 'QUJD\n', ' QUJD', '!!!!'])(
    '%j is none',
    (text) => {
      expect(parseBase64(text)).toBeUndefined();
    },
  );
});
