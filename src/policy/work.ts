/**
 * How many steps have been taken by evaluations in this process: places of an index looked at, texts compared, words of
 * places moved, conditions tested. A step is a few nanoseconds. Tests bound it where a bound on time would depend on
 * the machine; nothing is decided by it.
 */
export const work = { steps: 0 };
