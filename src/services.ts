import pino from 'pino';
import type { Config } from './config.js';
import type { Logs } from './logs.js';
import { AuditTrail } from './service/audit-trail.js';
import { Changes } from './service/changes.js';
import { CompiledPolicies } from './service/compiled-policies.js';
import { CommitCounts, countedCommits } from './service/counted-commits.js';
import { countedDecisions, DecisionCounts } from './service/counted-decisions.js';
import { Evaluations } from './service/evaluations.js';
import { Follower } from './service/follower.js';
import { freshDecisions } from './service/fresh-decisions.js';
import { Gateway } from './service/gateway.js';
import { Health } from './service/health.js';
import { KeyAdministration } from './service/key-administration.js';
import { KeyUsage } from './service/key-usage.js';
import { loggedDecisions } from './service/logged-decisions.js';
import { Metrics } from './service/metrics.js';
import { Pap } from './service/pap.js';
import { Pdp } from './service/pdp.js';
import { apiAdministration, endpointAdministration } from './service/record-administration.js';
import { Replay } from './service/replay.js';
import { Revisions } from './service/revisions.js';
import { withServiceErrors } from './service/store-errors.js';
import { Transfer } from './service/transfer.js';
import { Writer } from './service/writer.js';
import type { Store } from './store/store.js';
import { authenticatorOf } from './ways-in.js';

/** The services of one store, for a door to be put before them. */
export async function createServices(
  opened: Store,
  config: ServiceSettings,
  { log, decisionLog, linesLost }: Outputs = NO_OUTPUTS,
) {
  const commits = new CommitCounts();
  const store = countedCommits(withServiceErrors(opened), commits);
  const follower = await Follower.of(store, { maxStaleness: config.maxStaleness, log });
  const { directory } = follower;
  const revisions = new Revisions(directory, config.revisionWait, follower);
  const writer = new Writer(store, follower);
  const compiled = new CompiledPolicies((digest) => store.document(digest), config.maxCompiledCache);
  const usage = new KeyUsage(store, log);
  const { policyLimits: limits, requireIdentityPolicies } = config;
  const decisions = new DecisionCounts();
  const own = new Pdp(directory, compiled, store, {
    limits,
    requireIdentityPolicies,
    maxBatch: config.maxBatch,
    now: Date.now,
  });
  const counted = countedDecisions(freshDecisions(own, follower), decisions);
  const pdp = decisionLog === null ? counted : loggedDecisions(counted, decisionLog);
  const services = {
    pap: {
      policies: new Pap(store, directory, writer, limits),
      endpoints: endpointAdministration(directory, writer),
      apis: apiAdministration(directory, writer),
    },
    pdp,
    evaluations: new Evaluations(pdp, (id) => directory.apis.get(id), config),
    gateway: new Gateway(pdp, (id) => directory.apis.get(id)),
    transfer: new Transfer(store, directory, writer, limits),
    keys: new KeyAdministration(directory, writer, usage),
    audit: new AuditTrail(store, directory),
    authenticator: await authenticatorOf(config.auth, follower, usage, log),
    changes: new Changes(store, directory, revisions, config.maxWaiting),
    revisions,
    health: new Health(directory, follower),
    replay: new Replay(directory, compiled, store, { limits, requireIdentityPolicies }),
    metrics: new Metrics({ decisions, commits, compiled, follower, decisionLog, linesLost }),
  };
  return { services, follower, usage };
}

type ServiceSettings = Pick<
  Config,
  | 'auth'
  | 'revisionWait'
  | 'maxStaleness'
  | 'maxWaiting'
  | 'maxCompiledCache'
  | 'policyLimits'
  | 'requireIdentityPolicies'
  | 'maxBatch'
  | 'maxBody'
>;

/** What services write to. */
type Outputs = Pick<Logs, 'log' | 'decisionLog'> & { readonly linesLost: Logs['linesLost'] | null };

const NO_OUTPUTS: Outputs = { log: pino({ level: 'silent' }), decisionLog: null, linesLost: null };
