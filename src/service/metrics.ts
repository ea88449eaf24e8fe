import { collectDefaultMetrics, Registry } from 'prom-client';
import { counter, gauge, type Labels } from './collectors.js';
import type { CompiledPolicies } from './compiled-policies.js';
import type { CommitCounts } from './counted-commits.js';
import type { DecisionCounts } from './counted-decisions.js';
import type { DecisionLog } from './decision-log.js';
import type { Follower } from './follower.js';

/** What the services count, each in plain numbers of its own. */
export interface Measured {
  readonly decisions: DecisionCounts;
  readonly commits: CommitCounts;
  readonly compiled: CompiledPolicies;
  readonly follower: Follower;
  readonly decisionLog: DecisionLog | null;
  /** Lines that the log had no room for; null where the log is somebody else's. */
  readonly linesLost: (() => number) | null;
}

/** Metrics of one Postern: a process may hold several, so nothing goes into the registry that prom-client shares. */
export class Metrics {
  readonly registry = new Registry();

  constructor({ decisions, commits, compiled, follower, decisionLog, linesLost }: Measured) {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });

    const help = 'Decisions given, also those in batches, by outcome, reason and layer';
    counter(registry, { name: 'postern_decisions_total', help }, ['outcome', 'reason', 'layer'], () =>
      decisions.current(),
    );
    const writes = {
      name: 'postern_writes_total',
      help: 'Commits to the store by this process, by what became of them',
    };
    counter(registry, writes, ['result'], () => by('result', commits.results));

    const caches = { name: 'postern_compiled_policies_lookups_total', help: 'Lookups of compiled policies by result' };
    counter(registry, caches, ['result'], () => by('result', { hit: compiled.hits, miss: compiled.misses }));
    const evicted = { name: 'postern_compiled_policies_evictions_total', help: 'Compiled policies that made room' };
    counter(registry, evicted, [], () => [[{}, compiled.evictions]]);
    gauge(registry, { name: 'postern_compiled_policies', help: 'Compiled policies kept' }, () => compiled.count);
    const bytes = { name: 'postern_compiled_policies_bytes', help: 'Estimated size of the compiled policies kept' };
    gauge(registry, bytes, () => compiled.bytes);

    const { directory } = follower;
    const revision = { name: 'postern_store_revision', help: 'Revision of the store that decisions are made from' };
    gauge(registry, revision, () => directory.revision);
    const age = {
      name: 'postern_store_revision_age_seconds',
      help: 'Time since that revision was last known to be the newest',
    };
    gauge(registry, age, () => follower.staleness / 1000);
    const lag = {
      name: 'postern_store_revision_lag',
      help: 'Revisions that the store is known to be ahead of decisions',
    };
    gauge(registry, lag, () => follower.lag);
    const up = { name: 'postern_store_up', help: '1 while the store answers, else 0' };
    gauge(registry, up, () => (follower.answers ? 1 : 0));

    if (linesLost !== null) {
      const lost = {
        name: 'postern_log_dropped_total',
        help: 'Log lines dropped because standard output was too slow',
      };
      counter(registry, lost, [], () => [[{}, linesLost()]]);
    }
    if (decisionLog !== null) this.#decisionLog(decisionLog);
  }

  #decisionLog(log: DecisionLog): void {
    const { registry } = this;
    const written = { name: 'postern_decision_log_entries_total', help: 'Decisions taken into the decision log' };
    counter(registry, written, [], () => [[{}, log.written]]);
    const sampled = { name: 'postern_decision_log_sampled_out_total', help: 'Allows left out of the decision log' };
    counter(registry, sampled, [], () => [[{}, log.sampledOut]]);
    const dropped = { name: 'postern_decision_log_dropped_total', help: 'Decisions that are not in the log, by cause' };
    counter(registry, dropped, ['cause'], () => by('cause', log.dropped));
    const waiting = { name: 'postern_decision_log_waiting_characters', help: 'Characters not written yet' };
    gauge(registry, waiting, () => log.lines.held);
  }

  /** The text format of Prometheus. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }
}

const by = (label: string, numbers: Readonly<Record<string, number>>): [Labels, number][] =>
  Object.entries(numbers).map(([name, value]) => [{ [label]: name }, value]);
