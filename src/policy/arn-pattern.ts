import type { Arn } from './arn.js';
import { Glob } from './pattern.js';
import type { Token } from './token.js';

/**
 * The operand of ArnEquals and ArnLike: six parts, each matched on its own (IAM User Guide, "ARN condition
 * operators"). Undefined when the tokens do not make six parts.
 */
export class ArnPattern {
  private constructor(private readonly parts: readonly Glob[]) {}

  static of(tokens: readonly Token[]): ArnPattern | undefined {
    const parts: Token[][] = [[]];
    for (const token of tokens) {
      if ('wildcard' in token) {
        parts.at(-1)?.push(token);
        continue;
      }
      let rest = token.text;
      for (let colon = rest.indexOf(':'); colon >= 0 && parts.length < 6; colon = rest.indexOf(':')) {
        parts.at(-1)?.push({ text: rest.slice(0, colon) });
        parts.push([]);
        rest = rest.slice(colon + 1);
      }
      parts.at(-1)?.push({ text: rest });
    }
    return parts.length === 6 ? new ArnPattern(parts.map((part) => new Glob(part))) : undefined;
  }

  matches(arn: Arn): boolean {
    let from = 0;
    for (let part = 0; part < this.parts.length; part++) {
      const to = arn.endOf(part);
      if (!this.parts[part]!.matches(arn, from, to)) return false;
      from = to + 1;
    }
    return true;
  }
}
