/** One character or any run of characters; `within` wildcards do not match a colon (the fields of an ARN). */
export type Wildcard = 'one' | 'any' | 'oneWithin' | 'anyWithin';

/** A piece of a pattern. */
export type Token = { readonly text: string } | { readonly wildcard: Wildcard };

export const ANY: Token = { wildcard: 'any' };
