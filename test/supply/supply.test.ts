import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { installedOf, isAllowed, licenceFaults, licencesPage, PAGE, readLock } from '../../supply/licences.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const lock = readLock();
const installed = installedOf(lock);
const { allowScripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));

describe('what is installed without development', () => {
  it('has permissive licences, all of them on the page', () => {
    expect(installed.length).toBeGreaterThan(50);
    expect(licenceFaults(installed)).toEqual([]);
    expect(readFileSync(PAGE, 'utf8')).toBe(licencesPage(installed));
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND ISC', true],
    ['MIT AND GPL-2.0', false],
    ['GPL-3.0-only', false],
    ['AGPL-3.0', false],
    ['SEE LICENSE IN LICENSE', false],
    ['unknown', false],
    ['((MIT))', false],
  ])('may be under %s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  it('is refused when its licence is not known', () => {
    const packages = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { dev: true } };
    expect(licenceFaults(installedOf({ packages }))).toEqual(['a 1.0.0: unknown']);
  });

  it('is what the SBOM lists', () => {
    const { name } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
    const sbom = JSON.parse(execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' }));
    expect([sbom.bomFormat, sbom.metadata.component.purl]).toEqual([
      'CycloneDX',
      expect.stringContaining(`npm/${name}@`),
    ]);
    const listed = sbom.components.map(
      ({ group, name, version }: Record<string, string>) =>
        `${group === undefined ? '' : `${group}/`}${name} ${version}`,
    );
    const expected = installed.map(({ name, version }) => `${name} ${version}`);
    expect([...new Set(listed)].sort()).toEqual([...new Set(expected)].sort());
  });
});

describe('the lock file', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

  it('pins every package by its content, from whatever registry', () => {
    const loose = packages.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(readFileSync(`${ROOT}/package-lock.json`, 'utf8')).not.toContain('"resolved"');
  });

  it('needs no install script: package.json forbids each one there is', () => {
    const withScripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
    const names = withScripts.map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.fromEntries(names.map((name) => [name, allowScripts[name]]))).toEqual(
      Object.fromEntries(names.map((name) => [name, false])),
    );
  });
});
