import { cleanEnv } from 'envalid';
import { type AuthSettings, readAuth } from './auth-settings.js';
import { type DecisionLogConfig, readDecisionLog } from './decision-log-settings.js';
import type { PolicyLimits } from './service/policy-sources.js';
import type { Rate } from './service/rate-limiter.js';
import { isLoopback } from './service/safe-address.js';
import { settings } from './settings.js';

/** Every setting, read once. Times are milliseconds, sizes bytes or characters. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** For how long requests are answered after readiness has failed. */
  readonly shutdownDelay: number;
  /** Of the embedded store; not used with a database. */
  readonly dataDir: string;
  /** PostgreSQL; null: the embedded store. `directUrl` is the same database, not through a pooler of transactions. */
  readonly database: { readonly url: string; readonly directUrl: string } | null;
  readonly logLevel: string;
  /** Where clients see this service, with base path and without a slash at the end. */
  readonly publicUrl: string | null;
  /** Null: nobody authenticates. */
  readonly auth: AuthSettings | null;
  readonly allowOpen: boolean;
  readonly revisionWait: number;
  /** For how long decisions are made without having heard from the database; infinite: for ever. */
  readonly maxStaleness: number;
  readonly requireIdentityPolicies: boolean;
  readonly maxBody: number;
  readonly maxImport: number;
  /** Bytes for all bodies that are on their way. */
  readonly bodyMemory: number;
  readonly maxBatch: number;
  readonly maxCompiledCache: number;
  /** How many requests may wait for changes at a time. */
  readonly maxWaiting: number;
  /** PEM files; null: plain HTTP. With `clientCa` only clients with a certificate of one of its authorities get in. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  readonly maxConnections: number;
  /** Requests that are answered at a time, beside those that wait for changes. */
  readonly maxOpen: number;
  /** How much work may pile up in a crowd before requests are turned away. */
  readonly maxDelay: number;
  /** Requests of one caller, a second and at once; null: as many as it likes. */
  readonly rate: Rate | null;
  /** Of web pages that may read what is answered. */
  readonly corsOrigins: readonly string[];
  /** For how many days what is past is kept; null: for ever. */
  readonly retain: { readonly changes: number | null; readonly versions: number | null };
  readonly policyLimits: PolicyLimits;
  /** Null: decisions are not logged. */
  readonly decisionLog: DecisionLogConfig | null;
  /** The settings by name as they are in force, for the log. What may hold a secret is not in it. */
  readonly shown: Readonly<Record<string, unknown>>;
}

/** The settings are wrong; every fault is in `faults`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`wrong settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** A setting, and another that it needs. */
const TOGETHER = [
  ['POSTERN_TLS_CERT', 'POSTERN_TLS_KEY'],
  ['POSTERN_TLS_KEY', 'POSTERN_TLS_CERT'],
  ['POSTERN_TLS_CLIENT_CA', 'POSTERN_TLS_CERT'],
  ['POSTERN_MTLS_ROLES', 'POSTERN_TLS_CLIENT_CA'],
  ['POSTERN_RATE_BURST', 'POSTERN_RATE_LIMIT'],
] as const;

/** As `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line asks a server with; a server does not look at it. */
const CLIENT_KEY = 'POSTERN_KEY';

/** What the command line takes from the environment when it is a client. */
export interface ClientSettings {
  readonly key: string | null;
  /** Unless NO_COLOR says otherwise: https://no-color.org */
  readonly colour: boolean;
}

export const readClientSettings = (env: Environment): ClientSettings => ({
  key: env[CLIENT_KEY] || null,
  colour: !env.NO_COLOR && env.TERM !== 'dumb',
});

/**
 * What the command line takes from the environment when it judges files by itself: the limits of the server that they are
 * for, and how it judges. Where and how that one listens is nothing to it.
 * @throws ConfigError as `readConfig`
 */
export const readOfflineConfig = (env: Environment): Config =>
  readConfig(Object.fromEntries(Object.entries(env).filter(([name]) => /^POSTERN_(?:MAX|REQUIRE)_/.test(name))));

/** @throws ConfigError with every fault: a setting that is wrong, or that is none of ours */
export function readConfig(env: Environment): Config {
  const faults = Object.keys(env)
    .filter((name) => name.startsWith('POSTERN_') && !Object.hasOwn(settings, name) && name !== CLIENT_KEY)
    .map((name) => `${name}: there is no such setting`);
  const values = cleanEnv(env, settings, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) faults.push(`${name}: ${error?.message ?? 'is wrong'}`);
    },
  });
  // Without those that are wrong, which `values` would throw for.
  const sound: Partial<typeof values> = { ...values };
  const auth = readAuth(sound, (fault) => faults.push(fault));
  const { POSTERN_AUTH, POSTERN_ALLOW_OPEN, POSTERN_HOST } = sound;
  const isOpen = POSTERN_AUTH === 'none' && POSTERN_ALLOW_OPEN === false;
  if (isOpen && POSTERN_HOST !== undefined && !isLoopback(POSTERN_HOST)) {
    faults.push(
      'POSTERN_HOST: without authentication only a loopback address is listened on: ' +
        'write 127.0.0.1, or POSTERN_AUTH=required, or POSTERN_ALLOW_OPEN=true if whoever reaches it may do everything',
    );
  }
  if (env.POSTERN_DATABASE_DIRECT_URL && !env.POSTERN_DATABASE_URL) {
    faults.push('POSTERN_DATABASE_DIRECT_URL: write POSTERN_DATABASE_URL too, of which this is the way past a pooler');
  }
  const logsToFile = env.POSTERN_DECISION_LOG === 'file';
  if (logsToFile !== Boolean(env.POSTERN_DECISION_LOG_FILE)) {
    faults.push('POSTERN_DECISION_LOG_FILE: write it together with POSTERN_DECISION_LOG=file');
  }
  const {
    POSTERN_MAX_BODY_MEMORY: bodyMemory = Number.POSITIVE_INFINITY,
    POSTERN_MAX_BODY: body = 0,
    POSTERN_MAX_IMPORT: imported = 0,
  } = sound;
  if (bodyMemory < Math.max(body, imported)) {
    faults.push(
      'POSTERN_MAX_BODY_MEMORY: write at least POSTERN_MAX_IMPORT and POSTERN_MAX_BODY, or the largest never arrive',
    );
  }
  for (const [name, other] of TOGETHER) {
    if (env[name] && !env[other]) faults.push(`${name}: write ${other} too: it means nothing without`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    host: values.POSTERN_HOST,
    port: values.POSTERN_PORT,
    shutdownDelay: values.POSTERN_SHUTDOWN_DELAY * 1000,
    dataDir: values.POSTERN_DATA_DIR,
    database: values.POSTERN_DATABASE_URL
      ? {
          url: values.POSTERN_DATABASE_URL,
          directUrl: values.POSTERN_DATABASE_DIRECT_URL || values.POSTERN_DATABASE_URL,
        }
      : null,
    logLevel: values.POSTERN_LOG_LEVEL,
    publicUrl: values.POSTERN_PUBLIC_URL || null,
    auth,
    allowOpen: values.POSTERN_ALLOW_OPEN,
    revisionWait: values.POSTERN_REVISION_WAIT * 1000,
    maxStaleness: (values.POSTERN_MAX_STALENESS ?? Number.POSITIVE_INFINITY) * 1000,
    requireIdentityPolicies: values.POSTERN_REQUIRE_IDENTITY_POLICIES,
    maxBody: values.POSTERN_MAX_BODY,
    maxImport: values.POSTERN_MAX_IMPORT,
    bodyMemory: values.POSTERN_MAX_BODY_MEMORY,
    maxBatch: values.POSTERN_MAX_BATCH,
    maxCompiledCache: values.POSTERN_MAX_COMPILED_CACHE,
    maxWaiting: values.POSTERN_MAX_WAITING,
    tls: tlsFilesOf(env),
    maxConnections: values.POSTERN_MAX_CONNECTIONS,
    maxOpen: values.POSTERN_MAX_OPEN,
    maxDelay: values.POSTERN_MAX_DELAY,
    rate:
      values.POSTERN_RATE_LIMIT === undefined
        ? null
        : {
            perSecond: values.POSTERN_RATE_LIMIT,
            burst: values.POSTERN_RATE_BURST ?? values.POSTERN_RATE_LIMIT,
          },
    corsOrigins: values.POSTERN_CORS_ORIGINS,
    retain: {
      changes: values.POSTERN_RETAIN_CHANGES ?? null,
      versions: values.POSTERN_RETAIN_VERSIONS ?? null,
    },
    policyLimits: {
      endpoint: values.POSTERN_MAX_ENDPOINT_POLICY,
      resource: values.POSTERN_MAX_RESOURCE_POLICY,
      identity: values.POSTERN_MAX_IDENTITY_POLICY,
    },
    decisionLog: readDecisionLog(values),
    shown: shown(env),
  };
}

/** The PEM files that settings name, whatever is wrong with others; null: none. */
export function tlsFilesOf(env: Environment): Config['tls'] {
  const { POSTERN_TLS_CERT: cert, POSTERN_TLS_KEY: key, POSTERN_TLS_CLIENT_CA: clientCa } = env;
  return cert && key ? { cert, key, clientCa: clientCa || null } : null;
}

/** By name, so that a setting to come is hidden before somebody thinks of it. An address may hold a password. */
const MAY_BE_SECRET = /KEY|SECRET|TOKEN|PASSWORD|URL/;

function shown(env: Environment): Readonly<Record<string, unknown>> {
  const all = Object.entries(settings).map(([name, { default: fallback }]) => [name, env[name] || fallback] as const);
  return Object.fromEntries(
    all
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, MAY_BE_SECRET.test(name) ? '(set)' : value]),
  );
}
