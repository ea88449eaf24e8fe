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
  return issues.map((issue) => {
    const mount = mounts.find(({ at }) => issue.pointer === at || issue.pointer.startsWith(`${at}/`));
    if (mount === undefined) return { ...issue, where: issue.pointer };
    const rest = issue.pointer.slice(mount.at.length);
    if ('option' in mount) return { ...issue, where: mount.option + rest };
    const { source, base = '' } = mount;
    const [place] = source.placesOf([base + rest]);
    return { ...issue, where: `${source.name}:${place!.line}:${place!.column}` };
  });
}
