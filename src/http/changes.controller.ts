import { Example, Get, Queries, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import { PosternController } from './controller.js';
import * as examples from './examples-changes.js';
import { piecewise } from './send.js';
import type { Problem } from './wire.js';
import type { ChangeList, ChangesQuery } from './wire-changes.js';

@Route('v1')
@Tags('Changes')
export class ChangesController extends PosternController {
  /**
   * What has been written since a revision, in order, and how far that goes: ask for the next part with `after` set to the
   * `revision` of this one, and nothing is missed or told twice. With `wait` the answer comes with the first change, or
   * without one when the time is up, or when only keys were written, which are not told here. Nothing is cut in two: a large import, one revision, is one part.
   *
   * To keep a copy, start from `GET /v1/export` and its `Postern-Revision`. An `after` that has not been reached here is
   * waited for as `Postern-Min-Revision` is.
   * @summary Read what has changed
   * @returns A part of what has changed
   */
  @Get('changes')
  @Security('key', ['read'])
  @Response<Problem>(410, '`changes-forgotten`: changes after that revision are no longer kept; read everything anew')
  @Response<Problem>(
    503,
    '`too-many-waiting`: others wait for changes already. `revision-not-reached`: the state asked for has not arrived here',
  )
  @Example<ChangeList>(examples.changes)
  async listChanges(@Request() request: Incoming, @Queries() query: ChangesQuery): Promise<ChangeList> {
    const { after = 0, wait = 0 } = query;
    const onGone = (leave: () => void): void => {
      if (request.res?.closed) leave();
      else request.res?.once('close', leave);
    };
    const list = this.read(await this.services.changes.after({ after, wait: wait * 1000, onGone }));
    return Symbol.asyncIterator in list ? piecewise<ChangeList>(list) : list;
  }
}
