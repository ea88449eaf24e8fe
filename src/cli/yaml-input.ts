import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';
import { type JsonInput, MAX_SMALL_FILE, nameOf, readText } from './input.js';
import type { Place } from './json-places.js';
import type { Terminal } from './terminal.js';

/**
 * A YAML file: what it says, and where. YAML 1.2, in which `no` is a text and not false; a key that stands twice is
 * refused, and so is what YAML has beyond JSON: tags, and aliases that grow out of all proportion.
 * @throws Failure
 */
export async function readYaml(terminal: Terminal, path: string): Promise<JsonInput> {
  const name = nameOf(path);
  const text = await readText(terminal, path, MAX_SMALL_FILE);
  const lineCounter = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  let value: unknown;
  try {
    document = parseDocument(text, {
      lineCounter,
      schema: 'core',
      version: '1.2',
      prettyErrors: false,
      stringKeys: true,
    });
    // Not `toJS` before this: of a broken document it gives what could be read.
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) {
      const { line, col } = lineCounter.linePos(fault.pos[0]);
      // The message of the library names a function of its own.
      const reason = fault.code === 'MULTIPLE_DOCS' ? 'write one document a file' : fault.message;
      throw new Failure(EXIT.unusable, `${name}:${line}:${col} is not YAML that can be used: ${reason}`);
    }
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Nested too deep, or aliases of aliases.
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.unusable, `${name} is not YAML that can be used: ${reason}`, [], [], { cause: error });
  }
  const placesOf = (pointers: readonly string[]): Place[] =>
    pointers.map((pointer) => {
      const { line, col } = lineCounter.linePos(offsetOf(document.contents, pointer));
      return { line, column: col };
    });
  return { value, source: { name, text, placesOf } };
}

/** Where a thing stands, a member at its name; of what is not there, what is around it. */
function offsetOf(root: Node | null, pointer: string): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (!isPair(pair) || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(name)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else {
      break;
    }
  }
  return offset;
}
