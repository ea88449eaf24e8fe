import type { CompiledPolicy, CompiledStatement, ResourceEntry } from './compiled-policy.js';
import { Glob } from './pattern.js';

/**
 * About how many bytes a compiled policy takes, for a cache that is bounded in bytes: what V8 takes for the objects of a
 * statement, of an entry and of a value, as measured, and every text once. What policies hold in common is counted for
 * each of them, so it is rather too much than too little.
 * @param characters of the document
 */
export const bytesOf = ({ statements, index }: CompiledPolicy, characters: number): number =>
  statements.reduce((bytes, statement) => bytes + bytesOfStatement(statement), 600 + characters + (index?.bytes ?? 0));

function bytesOfStatement({ resource, conditions, principal }: CompiledStatement): number {
  let bytes = STATEMENT + (principal?.hashes?.length ?? 0) * CALLER;
  for (const entry of resource.entries) bytes += ENTRY + PIECE * piecesOf(entry);
  for (const { operands } of conditions) {
    bytes += CONDITION;
    for (const { text } of operands) bytes += OPERAND + 2 * PIECE * wildcardsIn(text);
  }
  return bytes;
}

function piecesOf(entry: ResourceEntry): number {
  if (entry instanceof Glob) return entry.pieces;
  return entry.glob?.pieces ?? entry.template.length;
}

/** A wildcard or variable, and the text that it cuts off. */
function wildcardsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ('*?$'.includes(text[at]!)) count++;
  return count;
}

const [STATEMENT, ENTRY, PIECE, CALLER, CONDITION, OPERAND] = [380, 170, 56, 40, 200, 440];
