import { posix } from 'node:path';
import { parts, sharedPackages } from './rules.js';
import { isNode, lineOf, type Node, type Source, walk } from './syntax.js';

interface Import {
  readonly from: string;
  readonly line: number;
  /** A path from the top of the repository, `node:…`, or the name of a package; null: only known when it runs. */
  readonly to: string | null;
  readonly typeOnly: boolean;
}

/** Imports that the rules forbid. Each fault begins with the key that an exception to it has. */
export function importFaults(sources: readonly Source[]): string[] {
  const imports = sources.flatMap(importsOf);
  return [...imports.flatMap(forbidden), ...cycles(imports), ...scattered(imports)];
}

function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source, (node) => {
    const module = moduleOf(node);
    if (module === undefined) return;
    const name = isNode(module) && typeof module.value === 'string' ? module.value : null;
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type';
    found.push({ from: source.path, line: lineOf(source, node), to: name && resolved(source.path, name), typeOnly });
  });
  return found.reverse();
}

/** The expression that names a module, in whatever way one module can name another. */
function moduleOf(node: Node): unknown {
  const { callee } = node;
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ?? undefined;
    case 'TSExternalModuleReference':
      return node.expression;
    case 'CallExpression': {
      const name = isNode(callee) && (isNode(callee.property) ? callee.property.name : callee.name);
      return name === 'require' || name === 'getBuiltinModule' ? (node.arguments as unknown[])[0] : undefined;
    }
    default:
      return undefined;
  }
}

function resolved(from: string, name: string): string {
  if (name.startsWith('.')) return posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts');
  if (name.startsWith('node:')) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

const isFile = (to: string): boolean => to.includes('/') && !to.startsWith('@') && !to.startsWith('node:');

/** The part of a file: the deepest one listed whose folder it lies in. */
export function partOf(path: string): string | undefined {
  const folder = posix.dirname(path);
  const listed = Object.keys(parts).filter(
    (part) => folder === part || (part !== 'src' && folder.startsWith(`${part}/`)),
  );
  return listed.sort((a, b) => b.length - a.length)[0];
}

function forbidden({ from, line, to, typeOnly }: Import): string[] {
  const part = partOf(from);
  if (part === undefined) return [`${from} lies in a folder that no rule knows`];
  if (to === null) return [`${from} imports what is only known when it runs (line ${line})`];
  if (isFile(to) && partOf(to) === part) return [];
  const { imports, types = [] } = parts[part] ?? { imports: [] };
  const allows = (rule: string) => {
    if (rule === 'node:') return to.startsWith('node:');
    if (rule.startsWith('./')) return to === `src/${rule.slice(2)}.ts`;
    if (rule.endsWith('/')) return to.startsWith(`src/${rule}`);
    return rule.includes('/') && !rule.startsWith('@') ? to === `src/${rule}.ts` : to === rule;
  };
  if (imports.some(allows)) return [];
  if (!types.some(allows)) return [`${from} imports ${to} (line ${line}), which ${part} may not`];
  return typeOnly ? [] : [`${from} imports ${to} (line ${line}), of which ${part} may only take types`];
}

/** Each pair of neighbours in a cycle, type imports included. */
function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) if (to !== null) next.set(from, [...(next.get(from) ?? []), to]);
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some((to) => {
      if (to === goal) return true;
      if (seen.has(to)) return false;
      seen.add(to);
      return reaches(to, goal, seen);
    });
  const found = [...next].flatMap(([from, all]) =>
    all
      .filter((to) => reaches(to, from) || to === from)
      .map((to) => `${[from, to].sort().join(' <-> ')} are in a cycle of imports`),
  );
  return [...new Set(found)];
}

function scattered(imports: readonly Import[]): string[] {
  const users = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const part = partOf(from);
    if (part === undefined || to === null || isFile(to) || to.startsWith('node:')) continue;
    users.set(to, (users.get(to) ?? new Set()).add(part));
  }
  return [...users]
    .filter(([name, by]) => by.size > 1 && !Object.hasOwn(sharedPackages, name))
    .map(([name, by]) => `${name} is imported by ${[...by].sort().join(' and ')}: one part has to own it`);
}
