import { parseAst } from 'vitest/node';

export interface Source {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A node of ESTree with TypeScript; what else it has depends on its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [member: string]: unknown;
}

/** Parsed, not searched, so that comments and strings may say what they like. Calls `visit` with every node. */
export function walk({ text }: Source, visit: (node: Node, parent: Node | null) => void): void {
  const pending: [unknown, Node | null][] = [[parseAst(text, { lang: 'ts' }), null]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, parent] = next;
    if (Array.isArray(value)) pending.push(...value.map((item): [unknown, Node | null] => [item, parent]));
    else if (isNode(value)) {
      visit(value, parent);
      pending.push(...Object.values(value).map((member): [unknown, Node | null] => [member, value]));
    }
  }
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

export const lineOf = ({ text }: Source, { start }: Node): number => text.slice(0, start).split('\n').length;
