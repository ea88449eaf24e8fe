import { masks, share } from './decision-log-settings.js';
import { choice, databaseUrl, flag, issuerUrl, nonEmpty, origins, publicUrl, seconds, whole } from './setting-kinds.js';

const MIB = 1024 * 1024;

/**
 * Every setting, by what it is about: how it is written, what holds without it, and what it does, as docs/settings.md says.
 * Empty and undefined defaults are those of settings that do nothing until they are made.
 */
export const settingsByTopic = {
  'Where it listens': {
    POSTERN_HOST: nonEmpty({ default: '127.0.0.1', desc: 'the address to listen on' }),
    POSTERN_PORT: whole(0, 65_535, { default: 8080, desc: 'the port to listen on; 0 takes any free one' }),
    POSTERN_SHUTDOWN_DELAY: seconds(0, 600, {
      default: 0,
      desc: 'seconds after SIGTERM for which requests are answered while `/readyz` fails, so that load balancers go elsewhere',
    }),
    POSTERN_PUBLIC_URL: publicUrl({
      default: '',
      desc: 'where clients see the service, with base path: for `Location`, Swagger UI, AuthZEN, and what browsers are told',
    }),
    POSTERN_CORS_ORIGINS: origins({ default: [], desc: 'origins whose pages may read answers; none without it' }),
    POSTERN_TLS_CERT: nonEmpty({
      default: '',
      desc: 'PEM file of the certificate, with those that lead to a root: serve HTTPS, and follow the file',
    }),
    POSTERN_TLS_KEY: nonEmpty({ default: '', desc: 'PEM file of its key' }),
    POSTERN_TLS_CLIENT_CA: nonEmpty({
      default: '',
      desc: 'PEM file of authorities: only clients with a certificate of one of them are let in',
    }),
  },
  'Where everything is kept': {
    // The container image sets it, so that it may be set beside a database.
    POSTERN_DATA_DIR: nonEmpty({
      default: './data',
      desc: 'the directory of the embedded store, of one process at a time; not used with a database',
    }),
    POSTERN_DATABASE_URL: databaseUrl({ default: '', desc: 'PostgreSQL, for any number of replicas' }),
    POSTERN_DATABASE_DIRECT_URL: databaseUrl({
      default: '',
      desc: 'the same database past a pooler of transactions, for the connection that listens',
    }),
    POSTERN_MAX_STALENESS: seconds(1, 86_400, {
      default: undefined,
      desc: 'seconds without word from the database after which decisions are refused; never without it',
    }),
    POSTERN_RETAIN_CHANGES: whole(1, 36_500, {
      default: undefined,
      desc: 'days for which changes and audit go back; for ever without it',
    }),
    POSTERN_RETAIN_VERSIONS: whole(1, 36_500, {
      default: undefined,
      desc: 'days for which a version is kept after another has replaced it; for ever without it',
    }),
  },
  'Who may ask': {
    POSTERN_AUTH: choice(['none', 'required'], {
      default: 'none',
      desc: 'with `required` every request says who asks, by key, token or client certificate',
    }),
    POSTERN_ALLOW_OPEN: flag({
      default: false,
      desc: 'without authentication, listen also where other machines reach it: whoever does may do everything',
    }),
    POSTERN_BOOTSTRAP_KEY: nonEmpty({ default: '', desc: 'a key that may do everything, to make the first one with' }),
    POSTERN_BOOTSTRAP_KEY_FILE: nonEmpty({ default: '', desc: 'a file that holds that key' }),
    POSTERN_OIDC_ISSUER: issuerUrl({ default: '', desc: 'the OpenID Connect issuer whose access tokens are taken' }),
    POSTERN_OIDC_AUDIENCE: nonEmpty({ default: '', desc: 'for whom those tokens must be' }),
    POSTERN_MTLS_ROLES: nonEmpty({
      default: '',
      desc: 'the roles of client certificates (`POSTERN_TLS_CLIENT_CA`), with commas between them; `decide` without it',
    }),
  },
  'How it decides': {
    POSTERN_REVISION_WAIT: seconds(0, 60, {
      default: 2,
      desc: 'seconds that a request waits for its `Postern-Min-Revision` before it is refused',
    }),
    POSTERN_REQUIRE_IDENTITY_POLICIES: flag({
      default: false,
      desc: 'deny questions about `AWS_IAM` methods that leave `identityPolicies` out, rather than take them for none',
    }),
  },
  'How much it takes': {
    POSTERN_MAX_BODY: whole(1024, 1024 * MIB, { default: MIB, desc: 'bytes of a body' }),
    // A body becomes one string, and no string of Node is longer than 512 MiB.
    POSTERN_MAX_IMPORT: whole(1024, 511 * MIB, { default: 256 * MIB, desc: 'bytes of the body of an import' }),
    POSTERN_MAX_BODY_MEMORY: whole(1024, 1024 * 1024 * MIB, {
      default: 512 * MIB,
      desc: 'bytes that all bodies on their way may take together, but for those that come in one piece',
    }),
    POSTERN_MAX_BATCH: whole(1, 100_000, { default: 1000, desc: 'questions in a batch' }),
    POSTERN_MAX_ENDPOINT_POLICY: whole(2, 16 * MIB, { default: 20_480, desc: 'characters of an endpoint policy' }),
    POSTERN_MAX_RESOURCE_POLICY: whole(2, 16 * MIB, { default: 8192, desc: 'characters of a resource policy' }),
    POSTERN_MAX_IDENTITY_POLICY: whole(2, 16 * MIB, { default: 10_240, desc: 'characters of an identity policy' }),
    POSTERN_MAX_COMPILED_CACHE: whole(MIB, 1024 * 1024 * MIB, {
      default: 256 * MIB,
      desc: 'bytes of memory for compiled policies',
    }),
    POSTERN_MAX_WAITING: whole(1, 100_000, { default: 1000, desc: 'requests that wait for changes at a time' }),
    POSTERN_MAX_CONNECTIONS: whole(1, 1_000_000, { default: 5000, desc: 'connections at a time' }),
    POSTERN_MAX_OPEN: whole(1, 1_000_000, {
      default: 1000,
      desc: 'requests that are answered at a time, beside those that wait for changes',
    }),
    POSTERN_MAX_DELAY: whole(1, 60_000, {
      default: 20,
      desc: 'milliseconds of work that may pile up in a crowd before requests are turned away',
    }),
    POSTERN_RATE_LIMIT: whole(1, 1_000_000, {
      default: undefined,
      desc: 'requests of one caller in a second, before it is told to wait; as many as it likes without it',
    }),
    POSTERN_RATE_BURST: whole(1, 1_000_000, {
      default: undefined,
      desc: 'requests of one caller at once; as many as in a second without it',
    }),
  },
  'What it says': {
    POSTERN_LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      desc: 'the least important lines that are logged',
    }),
    POSTERN_DECISION_LOG: choice(['off', 'stdout', 'file'], {
      default: 'off',
      desc: 'where to log every decision: `stdout`, among the lines of the log, or a file of its own',
    }),
    POSTERN_DECISION_LOG_FILE: nonEmpty({
      default: '',
      desc: 'the file, of this process alone; only its owner can read it',
    }),
    POSTERN_DECISION_LOG_FILE_SIZE: whole(1024, 1024 * 1024 * MIB, {
      default: 100 * MIB,
      desc: 'bytes after which a new file is begun, between two entries',
    }),
    POSTERN_DECISION_LOG_FILES_KEPT: whole(1, 1000, {
      default: 10,
      desc: 'old files that are kept beside it, `.1` the newest',
    }),
    POSTERN_DECISION_LOG_ALLOWS: share({
      default: 1,
      desc: 'the share of Allows that is logged; Denies are logged all',
    }),
    POSTERN_DECISION_LOG_MASKS: masks({ default: [], desc: 'what of an entry must not be written' }),
    POSTERN_DECISION_LOG_BUFFER: whole(1024, 1024 * MIB, {
      default: 16 * MIB,
      desc: 'bytes that may wait to be written to the file',
    }),
    POSTERN_DECISION_LOG_WHEN_FULL: choice(['drop', 'wait'], {
      default: 'drop',
      desc: 'when more wait: entries are dropped, or answers wait',
    }),
  },
};

/** Every setting by its name. */
export const settings = {
  ...settingsByTopic['Where it listens'],
  ...settingsByTopic['Where everything is kept'],
  ...settingsByTopic['Who may ask'],
  ...settingsByTopic['How it decides'],
  ...settingsByTopic['How much it takes'],
  ...settingsByTopic['What it says'],
};
