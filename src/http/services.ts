import type { AuditTrail } from '../service/audit-trail.js';
import type { Authenticator } from '../service/authenticator.js';
import type { Changes } from '../service/changes.js';
import type { Evaluations } from '../service/evaluations.js';
import type { Gateway } from '../service/gateway.js';
import type { Health } from '../service/health.js';
import type { KeyAdministration } from '../service/key-administration.js';
import type { LoggedDecisions } from '../service/logged-decisions.js';
import type { Metrics } from '../service/metrics.js';
import type { Pap } from '../service/pap.js';
import type { apiAdministration, endpointAdministration } from '../service/record-administration.js';
import type { Replay } from '../service/replay.js';
import type { Revisions } from '../service/revisions.js';
import type { Transfer } from '../service/transfer.js';

/**
 * What the HTTP door needs of the rest. The bodies that it hands over have the shape of their schema; whether they make
 * sense is for the services to say, which throw `ServiceError` with pointers into the body. What they answer has the shape
 * that is told on the wire, or the controllers would not compile.
 */
export interface Services {
  readonly pap: {
    readonly policies: Public<Pap>;
    readonly endpoints: Public<ReturnType<typeof endpointAdministration>>;
    readonly apis: Public<ReturnType<typeof apiAdministration>>;
  };
  readonly pdp: LoggedDecisions;
  readonly evaluations: Public<Evaluations>;
  readonly gateway: Public<Gateway>;
  readonly transfer: Public<Transfer>;
  readonly changes: Pick<Changes, 'after'>;
  readonly keys: Public<KeyAdministration>;
  readonly audit: Public<AuditTrail>;
  /** Asked only where somebody authenticates. */
  readonly authenticator: Public<Authenticator>;
  readonly revisions: Pick<Revisions, 'current' | 'reach'>;
  readonly health: Pick<Health, 'readiness'>;
  readonly metrics: Public<Metrics>;
  readonly replay: Public<Replay>;
}

/** What a class lets others call, so that tests may put something else in its place. */
type Public<T> = Pick<T, keyof T>;
