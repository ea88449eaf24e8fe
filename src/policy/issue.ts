/** What is wrong with a value, and where: `pointer` is an RFC 6901 JSON Pointer, `detail` says what to write instead. */
export interface Issue {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Advice on a valid document: it does not stop a policy. */
export interface Finding extends Issue {
  readonly severity: 'warning' | 'info';
}

/** An issue whose place the caller knows. */
export interface Fault {
  readonly code: string;
  readonly detail: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fault = (code: string, detail: string): Result<never> => ({ ok: false, fault: { code, detail } });

/** One step of a JSON Pointer: RFC 6901, section 3. */
export const pointerTo = (base: string, member: string | number): string =>
  `${base}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** User text in a message: bounded, so that an error is never larger than what caused it. */
export const quoted = (text: string): string => `\`${text.length > 80 ? `${text.slice(0, 77)}…` : text}\``;
