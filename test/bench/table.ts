/** Text in columns: words to the left, figures to the right. The last column is never padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, at) => Math.max(...[header, ...rows].map((row) => (row[at] ?? '').length)));
  const isFigure = header.map((_, at) => rows.every((row) => /^([\d,.]+|never|)$/.test(row[at] ?? '')));
  const line = (row: readonly string[]): string =>
    header
      .map((_, at) => (isFigure[at] ? (row[at] ?? '').padStart(widths[at]!) : (row[at] ?? '').padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
