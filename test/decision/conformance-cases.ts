import { readdirSync, readFileSync } from 'node:fs';
import type { Body } from './apply.js';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly body: Body & { readonly request: { readonly principal: string; readonly resource: string } };
  readonly expected: { readonly decision: 'Allow' | 'Deny'; readonly reason: string };
}

const read = (folder: URL): readonly (readonly [file: string, cases: readonly Case[]])[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case[]]);

const conformance = read(new URL('../cases/conformance/', import.meta.url));

/** Cases by file: of the conformance suite, and one by one for the rules and odd corners that it leaves out. */
export const caseFiles = [...conformance, ...read(new URL('../cases/semantics/', import.meta.url))];

export const conformanceCases = conformance.flatMap(([, cases]) => cases);
export const allCases = caseFiles.flatMap(([, cases]) => cases);
