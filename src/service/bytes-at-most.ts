/** All that comes, in one piece; null where it is more than so many bytes, of which the rest is not waited for. */
export async function bytesAtMost(most: number, chunks: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  const taken: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) return null;
    taken.push(chunk);
  }
  return Buffer.concat(taken);
}

/** The same of what `fetch` gives, as text. @throws what the connection breaks off with */
export async function textAtMost(most: number, { body }: Response): Promise<string | null> {
  if (body === null) return '';
  const bytes = await bytesAtMost(most, body as AsyncIterable<Uint8Array>);
  return bytes === null ? null : bytes.toString('utf8');
}
