/**
 * What policies say in the same words, made once and held in common: callers, actions, conditions. An organization names
 * the same roles, networks and endpoints in all of its policies, and what a decision finds in the cache it need not
 * bring from memory. Bounded in number and in length, so that no policy can fill it.
 */
export class Shared<T> {
  private readonly _made = new Map<string, T>();

  /** @param text says all that `make` goes by */
  of(text: string, make: () => T): T {
    const found = this._made.get(text);
    if (found !== undefined) return found;
    const made = make();
    if (text.length > LONGEST) return made;
    // What is in use stays with those who use it.
    if (this._made.size >= MOST) this._made.clear();
    this._made.set(text, made);
    return made;
  }
}

const MOST = 4096;
const LONGEST = 512;

/** The same list without room for more, which a list has that grew: half of what a policy takes would be that. */
export const exactly = <T>(list: readonly T[]): readonly T[] => list.slice();
