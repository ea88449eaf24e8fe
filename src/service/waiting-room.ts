/**
 * Has at most so many wait for something at a time, and tells whoever comes then. Those who have not yet said who they are
 * must not take all the room that there is for requests.
 * @param full what is thrown then
 */
export function waitingRoom(most: number, full: () => Error): <T>(work: () => Promise<T>) => Promise<T> {
  let waiting = 0;
  return async (work) => {
    if (waiting >= most) throw full();
    waiting++;
    try {
      return await work();
    } finally {
      waiting--;
    }
  };
}
