import { readdirSync, readFileSync } from 'node:fs';
import type { Body } from './apply.js';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly body: Body & { readonly request: { readonly principal: string; readonly resource: string } };
  readonly expected: { readonly decision: 'Allow' | 'Deny'; readonly reason: string };
}

const folder = new URL('../cases/conformance/', import.meta.url);

export const files: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.json'));

export const cases: readonly Case[] = files.flatMap(
  (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case[],
);
