/**
 * `npm run licences`: what is installed with `--omit=dev`, and under which licences, as docs/licences.md. Ends with 1 when
 * one of them is not known to allow what is done here: packages used as they are, by a service under Apache-2.0.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A package of package-lock.json. */
interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

interface Lock {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
}

/** Permissive ones, which ask for no more than that their text is passed on. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense'],
]);

/** Packages whose licence is none of these and is right all the same, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly optional: boolean;
}

/** What is installed with `--omit=dev`, by name. */
export function installedOf({ packages }: Pick<Lock, 'packages'>): readonly Installed[] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license = 'unknown', optional = false }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license, optional };
    })
    .sort((left, right) => compare(left.name, right.name) || compare(left.version, right.version));
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Packages that must not be installed. */
export const licenceFaults = (installed: readonly Installed[]): readonly string[] =>
  installed
    .filter(({ name, licence }) => !isAllowed(licence) && !Object.hasOwn(EXCEPTIONS, name))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence}`);

/** An SPDX expression: of alternatives one has to be allowed, of what holds together all. */
export function isAllowed(expression: string): boolean {
  const inner = expression.replace(/^\(([^()]*)\)$/, '$1');
  // Whoever nests them is read by a person.
  if (/[()]/.test(inner)) return false;
  return inner.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence.trim())));
}

export function licencesPage(installed: readonly Installed[]): string {
  const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const exceptions = Object.entries(EXCEPTIONS).map(([name, reason]) => `- ${name}: ${reason}`);
  return [
    '# Licences',
    '',
    'What is installed beside Postern with `npm ci --omit=dev`. Written by `npm run licences`, which refuses a licence that is',
    'not permissive, or not known; a test keeps this page true.',
    '',
    `Exceptions: ${exceptions.length === 0 ? 'none.' : ''}`.trimEnd(),
    ...exceptions,
    '',
    row('package', 'version', 'licence'),
    row('---', '---', '---'),
    ...installed.map(({ name, version, licence, optional }) =>
      row(name + (optional ? ' (optional)' : ''), version, licence),
    ),
    '',
  ].join('\n');
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
export const readLock = (): Lock => JSON.parse(readFileSync(fileOf('package-lock.json'), 'utf8')) as Lock;
export const PAGE = fileOf('docs/licences.md');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const installed = installedOf(readLock());
  const faults = licenceFaults(installed);
  for (const fault of faults) process.stderr.write(`not allowed: ${fault}\n`);
  if (faults.length === 0) writeFileSync(PAGE, licencesPage(installed));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
