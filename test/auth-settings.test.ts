import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.js';
import { KeyRing } from '../src/service/key-ring.js';
import { mustHaveWayIn } from '../src/ways-in.js';

const KEY = 'a-bootstrap-key-of-more-than-32-characters';
const ISSUER = { POSTERN_OIDC_ISSUER: 'https://id.example', POSTERN_OIDC_AUDIENCE: 'postern' };
/** The files are read when a server starts. */
const CLIENTS = { POSTERN_TLS_CERT: 'cert.pem', POSTERN_TLS_KEY: 'key.pem', POSTERN_TLS_CLIENT_CA: 'ca.pem' };

const directory = mkdtempSync(join(tmpdir(), 'postern-settings-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (text: string): string => {
  const path = join(directory, `key-${text.length}`);
  writeFileSync(path, text);
  return path;
};

function faultsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
const required = (settings: Readonly<Record<string, string>> = {}) => ({ POSTERN_AUTH: 'required', ...settings });

describe('who may ask', () => {
  it('is everybody, unless it is required to say who asks', () => {
    expect(readConfig({}).auth).toBeNull();
    expect(readConfig(required({ POSTERN_BOOTSTRAP_KEY: KEY })).auth).toEqual({
      ...{ bootstrapKey: KEY, oidc: null, certificateRoles: [] },
    });
    expect(readConfig(required({ ...ISSUER, ...CLIENTS, POSTERN_MTLS_ROLES: 'read, decide' })).auth).toEqual({
      bootstrapKey: null,
      oidc: { issuer: 'https://id.example', audience: 'postern' },
      certificateRoles: ['decide', 'read'],
    });
    expect(readConfig(required(CLIENTS)).auth?.certificateRoles).toEqual(['decide']);
    expect(readConfig(required({ POSTERN_BOOTSTRAP_KEY_FILE: file(`${KEY}\n`) })).auth?.bootstrapKey).toBe(KEY);
  });

  it('may then ask from anywhere', () => {
    expect(faultsOf({ POSTERN_HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^POSTERN_HOST.*POSTERN_AUTH=required/),
    ]);
    expect(faultsOf(required({ POSTERN_HOST: '0.0.0.0' }))).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp[]]>([
    [
      'a key without authentication',
      { POSTERN_BOOTSTRAP_KEY: KEY },
      [/^POSTERN_BOOTSTRAP_KEY: .*POSTERN_AUTH=required/],
    ],
    ['an issuer without authentication', ISSUER, [/^POSTERN_OIDC_ISSUER/, /^POSTERN_OIDC_AUDIENCE/]],
    ['another word', { POSTERN_AUTH: 'on' }, [/^POSTERN_AUTH/]],
    ['a short key', required({ POSTERN_BOOTSTRAP_KEY: KEY.slice(0, 31) }), [/^POSTERN_BOOTSTRAP_KEY: .*at least 32/]],
    ['a key that no header takes', required({ POSTERN_BOOTSTRAP_KEY: `${KEY} ü` }), [/^POSTERN_BOOTSTRAP_KEY/]],
    ['no key', required({ POSTERN_BOOTSTRAP_KEY: '' }), [/^POSTERN_BOOTSTRAP_KEY/]],
    ['two keys', required({ POSTERN_BOOTSTRAP_KEY: KEY, POSTERN_BOOTSTRAP_KEY_FILE: 'x' }), [/not both/]],
    ['a file that is not there', required({ POSTERN_BOOTSTRAP_KEY_FILE: '/nowhere/key' }), [/_FILE: .*cannot be read/]],
    [
      'a key where its file should be, which is not told',
      required({ POSTERN_BOOTSTRAP_KEY_FILE: KEY }),
      [new RegExp(`^POSTERN_BOOTSTRAP_KEY_FILE: (?!.*${KEY}).*cannot be read: ENOENT`)],
    ],
    [
      'a slip in POSTERN_AUTH, and a short key',
      { POSTERN_AUTH: KEY, POSTERN_BOOTSTRAP_KEY: 'short' },
      [/^POSTERN_AUTH: write one of none, required$/, /_KEY: write at least 32/],
    ],
    ['a file with a short key', required({ POSTERN_BOOTSTRAP_KEY_FILE: file('short') }), [/_FILE: .*at least 32/]],
    ['an issuer without audience', required({ POSTERN_OIDC_ISSUER: 'https://id.example' }), [/^POSTERN_OIDC_AUDIENCE/]],
    ['an audience without issuer', required({ POSTERN_OIDC_AUDIENCE: 'postern' }), [/^POSTERN_OIDC_ISSUER/]],
    [
      'an issuer that anybody on the way can be',
      required({ ...ISSUER, POSTERN_OIDC_ISSUER: 'http://id.example' }),
      [/^POSTERN_OIDC_ISSUER: .*https/],
    ],
    [
      'an issuer with a password',
      required({ ...ISSUER, POSTERN_OIDC_ISSUER: `https://me:${KEY}@id.example` }),
      [/^POSTERN_OIDC_ISSUER: .*https/],
    ],
    ['roles that there are not', required({ ...CLIENTS, POSTERN_MTLS_ROLES: 'decide,root' }), [/^POSTERN_MTLS_ROLES/]],
    [
      'roles of certificates that nobody is asked for',
      required({ POSTERN_MTLS_ROLES: 'admin' }),
      [/^POSTERN_MTLS_ROLES: write POSTERN_TLS_CLIENT_CA too/],
    ],
  ])('is refused with %s', (_, settings, expected) => {
    const faults = faultsOf(settings);
    expect(faults).toEqual(expected.map((words) => expect.stringMatching(words)));
    for (const fault of faults) expect(fault).not.toContain(KEY.slice(0, 20));
  });

  it('is told with all faults at once', () => {
    expect(faultsOf({ POSTERN_HOST: '0.0.0.0', POSTERN_PORT: '70000' })).toEqual([
      expect.stringMatching(/^POSTERN_PORT/),
      expect.stringMatching(/^POSTERN_HOST/),
    ]);
    expect(faultsOf({ POSTERN_MTLS_ROLES: 'zz' })).toEqual([
      expect.stringMatching(/^POSTERN_MTLS_ROLES: write roles/),
      expect.stringMatching(/^POSTERN_MTLS_ROLES: .*POSTERN_AUTH=required/),
      expect.stringMatching(/^POSTERN_MTLS_ROLES: write POSTERN_TLS_CLIENT_CA too/),
    ]);
    expect(faultsOf({ POSTERN_RATE_BURST: 'x', POSTERN_RATE_LIMIT: 'x', POSTERN_TLS_CERT: 'a' })).toEqual([
      expect.stringMatching(/^POSTERN_RATE_LIMIT/),
      expect.stringMatching(/^POSTERN_RATE_BURST/),
      expect.stringMatching(/^POSTERN_TLS_CERT: write POSTERN_TLS_KEY too/),
    ]);
    // Whether this is open to others is not known, then.
    expect(faultsOf({ POSTERN_HOST: '0.0.0.0', POSTERN_AUTH: 'on' })).toEqual([expect.stringMatching(/^POSTERN_AUTH/)]);
    expect(faultsOf({ POSTERN_HOST: '0.0.0.0', POSTERN_ALLOW_OPEN: 'yes' })).toEqual([
      expect.stringMatching(/^POSTERN_ALLOW_OPEN/),
    ]);
    const settings = required({ POSTERN_BOOTSTRAP_KEY: 'short', POSTERN_OIDC_AUDIENCE: 'a', POSTERN_PORT: 'x' });
    expect(faultsOf(settings)).toHaveLength(3);
  });
});

describe('a way in', () => {
  const starts = (settings: Readonly<Record<string, string>>): void =>
    mustHaveWayIn(readConfig(required(settings)).auth!, { keys: new KeyRing() });

  it.each<[string, Record<string, string>]>([
    ['a bootstrap key', { POSTERN_BOOTSTRAP_KEY: KEY }],
    ['an issuer', ISSUER],
    ['certificates that may do everything', { ...CLIENTS, POSTERN_MTLS_ROLES: 'decide,admin' }],
  ])('is %s', (_, settings) => expect(() => starts(settings)).not.toThrow());

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['certificates that may only ask', CLIENTS],
    ['certificates that may write, but make no key', { ...CLIENTS, POSTERN_MTLS_ROLES: 'decide,read,write' }],
  ])('is not %s', (_, settings) => expect(() => starts(settings)).toThrow(/nobody could get in/));
});
