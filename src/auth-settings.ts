import { readFileSync } from 'node:fs';
import { ROLES, type Role } from './service/roles.js';

/** How those who ask say who they are. */
export interface AuthSettings {
  /** A key that may do everything; null: there is none. */
  readonly bootstrapKey: string | null;
  /** Whose access tokens are believed; null: nobody's. */
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
  /** Of whoever brings a client certificate and no key; empty where nobody is asked for one. */
  readonly certificateRoles: readonly Role[];
}

/** What says who asks: of no use while nobody does. */
const NAMES = [
  'POSTERN_BOOTSTRAP_KEY',
  'POSTERN_BOOTSTRAP_KEY_FILE',
  'POSTERN_OIDC_ISSUER',
  'POSTERN_OIDC_AUDIENCE',
  'POSTERN_MTLS_ROLES',
] as const;

/** The settings, as they were written; what is absent is empty, what is wrong is undefined. */
type Texts = Readonly<Partial<Record<(typeof NAMES)[number] | 'POSTERN_AUTH' | 'POSTERN_TLS_CLIENT_CA', string>>>;

type Fault = (fault: string) => void;

/** What the settings say together; null: nobody authenticates. */
export function readAuth(texts: Texts, fault: Fault): AuthSettings | null {
  const { POSTERN_OIDC_ISSUER: issuer, POSTERN_OIDC_AUDIENCE: audience } = texts;
  // Whether or not they come to be of use: whoever mends what is told is not to be told of them next.
  const roles = rolesOf(texts.POSTERN_MTLS_ROLES, fault);
  const bootstrapKey = texts.POSTERN_AUTH === 'none' ? null : bootstrapKeyOf(texts, fault);
  if (texts.POSTERN_AUTH !== 'required') {
    // Whoever has set a key believes that it is asked for.
    for (const name of texts.POSTERN_AUTH === 'none' ? NAMES : []) {
      if (texts[name]) fault(`${name}: nobody is asked for it: write POSTERN_AUTH=required too`);
    }
    return null;
  }
  if (issuer && audience === '') {
    fault(
      'POSTERN_OIDC_AUDIENCE: write what tokens for this service have as `aud`: without it tokens for others would do',
    );
  }
  if (audience && issuer === '') fault('POSTERN_OIDC_ISSUER: write whose tokens POSTERN_OIDC_AUDIENCE is about');
  return {
    bootstrapKey,
    oidc: issuer && audience ? { issuer, audience } : null,
    certificateRoles: texts.POSTERN_TLS_CLIENT_CA ? roles : [],
  };
}

/** What can stand behind `Bearer` (RFC 6750, section 2.1). Nothing limits how often it is guessed at, so it must be long. */
const KEY = /^[A-Za-z0-9._~+/-]{32,512}=*$/;

// What is wrong with it is told without it.
function bootstrapKeyOf(
  { POSTERN_BOOTSTRAP_KEY: key = '', POSTERN_BOOTSTRAP_KEY_FILE: file = '' }: Texts,
  fault: Fault,
) {
  const faulty = (name: string, words: string): null => {
    fault(`${name}: ${words}`);
    return null;
  };
  if (key !== '' && file !== '') {
    return faulty('POSTERN_BOOTSTRAP_KEY', 'write either it or POSTERN_BOOTSTRAP_KEY_FILE, not both');
  }
  const form = 'at least 32 letters, digits and `-._~+/`, such as `openssl rand -hex 32` prints';
  if (file === '') {
    if (key === '' || KEY.test(key)) return key || null;
    return faulty('POSTERN_BOOTSTRAP_KEY', `write ${form}`);
  }
  try {
    const text = readFileSync(file, 'utf8').trim();
    return KEY.test(text) ? text : faulty('POSTERN_BOOTSTRAP_KEY_FILE', `the file \`${file}\` must hold ${form}`);
  } catch (error) {
    // Without the path, which is the key where somebody has taken one setting for the other.
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'it has no such path';
    return faulty('POSTERN_BOOTSTRAP_KEY_FILE', `the file cannot be read: ${reason}`);
  }
}

function rolesOf(text: string | undefined, fault: Fault): readonly Role[] {
  const names = !text ? ['decide'] : text.split(',').map((name) => name.trim());
  const roles = ROLES.filter((role) => names.includes(role));
  if (roles.length !== names.length)
    fault(`POSTERN_MTLS_ROLES: write roles with commas between them: ${ROLES.join(', ')}`);
  return roles;
}
