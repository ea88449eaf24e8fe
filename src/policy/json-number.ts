/** Every double keeps this many digits. */
const SURE = 15;
/** Nobody writes a number so long that it is one. */
const LONGEST = 100;

/**
 * Whether a double has the value of a number of JSON, so that nothing of it is lost (RFC 7493, section 2.2).
 * @param literal without its sign
 */
export function isKept(literal: string): boolean {
  if (literal.length <= SURE && !/e/i.test(literal)) return true;
  if (literal.length > LONGEST) return false;
  const value = Number(literal);
  return Number.isFinite(value) && canonical(literal) === canonical(String(value));
}

/** One text for each value: its digits without zeros around them, and the power of ten that they are times. */
function canonical(literal: string): string | undefined {
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}
