import { Example, Get, Response, Route, Tags } from '@tsoa/runtime';
import { PosternController } from './controller.js';
import { ProblemError } from './problem.js';
import type { Problem } from './wire.js';
import type { Liveness, ReadyState } from './wire-probes.js';

@Route()
@Tags('Service')
export class ProbesController extends PosternController {
  /**
   * Answers as long as the process can answer at all. Whether it should be sent requests, `/readyz` says.
   * @summary Is it alive?
   * @returns It is
   */
  @Get('livez')
  @Example<Liveness>({ live: true })
  async livez(): Promise<Liveness> {
    return { live: true };
  }

  /**
   * Whether requests should be sent here now: the store answers, and the process is not about to end.
   * @summary Is it ready?
   * @returns It is
   */
  @Get('readyz')
  @Response<Problem>(503, '`not-ready`: the errors say why')
  @Example<ReadyState>({ ready: true, revision: 5, revisionAge: 0.3 })
  async readyz(): Promise<ReadyState> {
    const { reasons, revision, revisionAge } = await this.services.health.readiness();
    if (reasons.length === 0) return { ready: true, revision, revisionAge };
    throw new ProblemError('not-ready', 'no requests should be sent here now', {
      errors: reasons.map((reason) => ({ pointer: '', ...reason })),
      members: { ready: false, revision, revisionAge },
    });
  }
}
