/** A time as ISO 8601 in UTC with milliseconds, as the store has times; undefined: there is no such time. */
export function instant(text: string): string | undefined {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const written = new Date(at).toISOString();
  // Of the 31st of February JavaScript makes a day in March.
  return written.startsWith(text.slice(0, TO_SECONDS)) ? written : undefined;
}

const TO_SECONDS = '2036-01-01T00:00:00'.length;
