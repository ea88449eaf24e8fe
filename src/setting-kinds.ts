import { makeValidator } from 'envalid';

// How settings are written. What is wrong with one is told as what to write instead; docs/settings.md tells the same.

/** What envalid does with a setting: `default` where it is absent, `desc` for docs/settings.md. */
interface Told<T> {
  readonly default: T;
  readonly desc: string;
}

export const whole = <T extends number | undefined>(least: number, most: number, told: Told<T>) =>
  makeValidator<number>((input) => {
    const value = /^\d{1,15}$/.test(input) ? Number(input) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`write a whole number from ${least} to ${most}`);
  })(told);

export const seconds = <T extends number | undefined>(least: number, most: number, told: Told<T>) =>
  makeValidator<number>((input) => {
    const value = /^\d{1,9}(\.\d{1,3})?$/.test(input) ? Number(input) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`write a number of seconds from ${least} to ${most}`);
  })(told);

export const flag = makeValidator<boolean>((input) => {
  if (input === 'true' || input === 'false') return input === 'true';
  throw new Error('write true or false');
});

export const publicUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error('write an http or https address without query and fragment');
  }
  return url.href.replace(/\/+$/, '');
});

// What is wrong with it is told without it: it holds a password.
export const databaseUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return input;
  throw new Error('write postgres://user:password@host:port/database, with special characters percent-encoded');
});

// Kept as written: tokens name it in the same letters.
export const issuerUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== null && isSafe && url.search === '' && url.hash === '') return input;
  throw new Error('write the https address of the issuer, as its tokens name it in `iss`');
});

export const nonEmpty = makeValidator<string>((input) => {
  if (input !== '') return input;
  throw new Error('write a value, or leave it out');
});

export const origins = makeValidator<readonly string[]>((input) => {
  const list = input.split(',').map((origin) => origin.trim());
  if (list.every((origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin)) {
    return list;
  }
  throw new Error('write origins as browsers do, separated by commas: https://console.example.com');
});

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
