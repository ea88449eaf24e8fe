import { partOf } from './imports.js';
import { pureParts } from './rules.js';
import { isNode, lineOf, type Node, type Source, walk } from './syntax.js';

/** What a pure part does and may not. */
export function purityFaults(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => pureParts.includes(partOf(path) ?? ''))
    .flatMap((source) => {
      const faults: string[] = [];
      walk(source, (node, parent) => {
        const what = impurity(node, parent);
        if (what !== undefined) faults.push(`${source.path} ${what} (line ${lineOf(source, node)})`);
      });
      return faults.reverse();
    });
}

function impurity(node: Node, parent: Node | null): string | undefined {
  switch (node.type) {
    case 'ThrowStatement':
      return 'throws';
    case 'AwaitExpression':
    case 'ForOfStatement':
      return node.type === 'AwaitExpression' || node.await ? 'waits' : undefined;
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return node.async ? 'waits' : undefined;
    case 'CallExpression':
      return searchesByText(node) ? 'makes a RegExp of data' : undefined;
    case 'Identifier':
      return isGlobal(node, parent) ? world.get(String(node.name))?.(parent) : undefined;
    default:
      return undefined;
  }
}

/** `match` and its kin make a RegExp of any text that they are given, so theirs is to be seen where they are called. */
function searchesByText({ callee, arguments: [pattern] = [] }: Node & { readonly arguments?: unknown[] }): boolean {
  if (!isNode(callee) || !isNode(callee.property)) return false;
  return ['match', 'matchAll', 'search'].includes(String(callee.property.name)) && !isRegExp(pattern);
}

function isRegExp(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'ConditionalExpression') return isRegExp(node.consequent) && isRegExp(node.alternate);
  // A name in capitals is a constant of its file.
  return 'regex' in node || (node.type === 'Identifier' && /^[A-Z][A-Z\d_]*$/.test(String(node.name)));
}

/** A name that stands for itself: neither a member of something, nor a key, nor a type. */
function isGlobal(node: Node, parent: Node | null): boolean {
  if (parent === null || parent.computed === true) return true;
  return parent.property !== node && parent.key !== node && !parent.type.startsWith('TS');
}

const member = (parent: Node | null): unknown => (isNode(parent?.property) ? parent.property.name : undefined);

/** What of the world can be reached by name, and which uses of it say something about it. */
const world: ReadonlyMap<string, (parent: Node | null) => string | undefined> = new Map<string, typeof dates>([
  ['Date', dates],
  ['Math', (parent) => (member(parent) === 'random' ? 'draws a number' : undefined)],
  ['performance', () => 'reads the clock'],
  ['RegExp', () => 'makes a RegExp of data'],
  ...['process', 'globalThis', 'console', 'crypto', 'fetch'].map((name) => [name, () => `uses ${name}`] as const),
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Promise'].map(
    (name) => [name, () => 'waits'] as const,
  ),
]);

/** A date that is given is a value; any other is now. */
function dates(parent: Node | null): string | undefined {
  const isGiven = parent?.type === 'NewExpression' && (parent.arguments as unknown[]).length > 0;
  return isGiven || ['UTC', 'parse'].includes(String(member(parent))) ? undefined : 'reads the clock';
}
