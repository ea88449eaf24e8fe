let last = Number.NaN;
let text = '';

/**
 * A time as ISO 8601 in UTC with milliseconds. Many decisions are made in one millisecond, and to write a date takes V8 two
 * microseconds between other work: so the last text is kept.
 * @param at in milliseconds since 1970
 */
export function isoTime(at: number): string {
  if (at !== last) {
    text = new Date(at).toISOString();
    last = at;
  }
  return text;
}
