import { makeValidator } from 'envalid';
import { isSafeAddress } from './service/safe-address.js';

// How settings are written. Whoever writes one otherwise is told what to write, and docs/settings.md tells the same.

/** What envalid does with a setting: `default` where it is absent, `desc` for docs/settings.md. */
interface Told<T> {
  readonly default: T;
  readonly desc: string;
}

/** A whole number of some range. */
export const whole = <T extends number | undefined>(least: number, most: number, told: Told<T>) =>
  makeValidator<number>((input) => {
    const value = /^\d{1,15}$/.test(input) ? Number(input) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`write a whole number from ${least} to ${most}`);
  })(told);

/** A number of seconds, to the millisecond. */
export const seconds = <T extends number | undefined>(least: number, most: number, told: Told<T>) =>
  makeValidator<number>((input) => {
    const value = /^\d{1,9}(\.\d{1,3})?$/.test(input) ? Number(input) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`write a number of seconds from ${least} to ${most}`);
  })(told);

/** One of some words. Not envalid's `str`, which tells what was written: it may be a key that belongs elsewhere. */
export const choice = <const T extends string>(choices: readonly T[], told: Told<NoInfer<T>>) =>
  makeValidator<T>((input) => {
    const found = choices.find((each) => each === input);
    if (found !== undefined) return found;
    throw new Error(`write one of ${choices.join(', ')}`);
  })({ ...told, choices });

/** Yes or no. */
export const flag = makeValidator<boolean>((input) => {
  if (input === 'true' || input === 'false') return input === 'true';
  throw new Error('write true or false');
});

/** An address with a base path; kept without a slash at the end. */
export const publicUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error('write an http or https address without query and fragment');
  }
  return url.href.replace(/\/+$/, '');
});

/** PostgreSQL. What is wrong with it is told without it: it holds a password. */
export const databaseUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return input;
  throw new Error('write postgres://user:password@host:port/database, with special characters percent-encoded');
});

/** Kept as written: tokens name it in the same letters. */
export const issuerUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url !== null && isSafeAddress(url) && url.search === '' && url.hash === '') return input;
  throw new Error('write the https address of the issuer, as its tokens name it in `iss`');
});

/** Any text but none: an empty setting is more often a slip than a wish. */
export const nonEmpty = makeValidator<string>((input) => {
  if (input !== '') return input;
  throw new Error('write a value, or leave it out');
});

/** Origins as browsers send them, with commas between them. */
export const origins = makeValidator<readonly string[]>((input) => {
  const list = input.split(',').map((origin) => origin.trim());
  if (list.every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin)) {
    return list;
  }
  throw new Error('write origins as browsers do, separated by commas: https://console.example.com');
});
