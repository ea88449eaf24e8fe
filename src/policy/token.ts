/** One character or any run of characters; `within` wildcards do not match a colon (the fields of an ARN). */
export type Wildcard = 'one' | 'any' | 'oneWithin' | 'anyWithin';

/** A piece of a pattern. */
export type Token = Text | { readonly wildcard: Wildcard };

export interface Text {
  readonly text: string;
  /** Whether it is what a variable stands for, and not the policy's own text. */
  readonly given?: boolean;
}

export const ANY: Token = { wildcard: 'any' };
