import { textAtMost } from './bytes-at-most.js';

/** The other side did not answer, or not now: it may later. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const TIMEOUT = 5_000;
const MOST_BYTES = 512 * 1024;

/**
 * A JSON object from an address that the operator has named, directly or not.
 * @throws Unreachable
 * @throws Error what it answers is none, and will not become one by asking again
 */
export async function fetchJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await reached(url, () =>
    fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) }),
  );
  const text = await reached(url, () => textAtMost(MOST_BYTES, response));
  if (response.status >= 500 || response.status === 429) throw new Unreachable(`${url} answers ${response.status}`);
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  const value = text === null ? undefined : parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${url} does not answer with a JSON object`);
}

async function reached<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Unreachable(`${url} cannot be reached: ${reason instanceof Error ? reason.message : String(reason)}`, {
      cause: error,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
