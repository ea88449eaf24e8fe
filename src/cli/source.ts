import type { Issue } from '../policy/issue.js';
import { type Place, placesIn } from './json-places.js';

/** A text that values were read from, and where in it they stand. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** In the order of the pointers. */
  placesOf(pointers: readonly string[]): readonly Place[];
}

export const jsonSource = (name: string, text: string): Source => ({
  name,
  text,
  placesOf: (pointers) => placesIn(text, pointers),
});

/** A part of what is sent or judged, and who has brought it: what is said of the part is said of that. */
export type Mount = {
  /** Where the part is in what is sent: `/endpointPolicy`. */
  readonly at: string;
} & (
  | {
      readonly source: Source;
      /** Where it is in the source: `''` where it is all of it. */
      readonly base?: string;
    }
  | { readonly option: string }
);

/** An issue as a person is told it: `policies/orders.json:5:17`, or else its pointer. */
export interface Told extends Issue {
  readonly where: string;
}

/** @param mounts the innermost first */
export function told(issues: readonly Issue[], mounts: readonly Mount[]): Told[] {
  const mounted = issues.map(({ pointer }) => mounts.find(({ at }) => pointer === at || pointer.startsWith(`${at}/`)));
  // All of one source at once: it may be a hundred megabytes, and is read through to find them.
  const wheres = new Map<Issue, string>();
  for (const mount of new Set(mounted)) {
    const those = issues.filter((_, at) => mounted[at] === mount);
    const rests = those.map(({ pointer }) => pointer.slice(mount?.at.length ?? 0));
    for (const [at, where] of wheresOf(mount, rests).entries()) wheres.set(those[at]!, where);
  }
  return issues.map((issue) => ({ ...issue, where: wheres.get(issue) ?? issue.pointer }));
}

/** @param rests pointers below the mount */
function wheresOf(mount: Mount | undefined, rests: readonly string[]): string[] {
  if (mount === undefined) return [...rests];
  if ('option' in mount) return rests.map((rest) => mount.option + rest);
  const { source, base = '' } = mount;
  return source
    .placesOf(rests.map((rest) => base + rest))
    .map(({ line, column }) => `${source.name}:${line}:${column}`);
}
