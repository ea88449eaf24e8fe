import { Controller } from '@tsoa/runtime';
import type { Request } from 'express';
import type { Caller } from '../service/credentials.js';
import type { AtRevision, WriteOptions, Written } from '../service/writer.js';
import { etagOf, isKnownToReader, preconditionsOf } from './conditional.js';
import { exchangeOf } from './exchange.js';
import { basePathOf, settingsOf } from './locals.js';
import type { Services } from './services.js';
import type { MinimalDecision } from './wire-decisions.js';

/** What the controllers share: the headers that answers under `/v1` have. */
export abstract class PosternController extends Controller {
  constructor(protected readonly services: Services) {
    super();
  }

  /** Says which state of the store the answer was made from. */
  protected at(revision: number): void {
    this.setHeader('Postern-Revision', String(revision));
  }

  protected read<T>({ revision, value }: AtRevision<T>): T {
    this.at(revision);
    return value;
  }

  protected tagged<T extends { readonly revision: number }>(answer: AtRevision<T>): T {
    this.setHeader('ETag', etagOf(answer.value.revision));
    return this.read(answer);
  }

  /** A record, or 304 where the reader has it already. */
  protected readRecord<T extends { readonly revision: number }>(request: Request, answer: AtRevision<T>): T {
    if (isKnownToReader(request.headers, answer.value.revision)) this.setStatus(304);
    return this.tagged(answer);
  }

  protected written<T extends { readonly revision: number }>(request: Request, answer: Written<T>): T {
    if (answer.outcome === 'created') {
      this.setStatus(201);
      this.setHeader('Location', basePathOf(settingsOf(request)) + request.path);
    }
    return this.tagged(answer);
  }

  /** A decision, which the log names with the request. */
  protected given<T extends MinimalDecision>(request: Request, answer: T): T {
    exchangeOf(request.res!).decided = answer;
    this.at(answer.revision);
    return answer;
  }

  protected caller(request: Request): Caller {
    const { requestId, by } = exchangeOf(request.res as NonNullable<typeof request.res>);
    return { requestId, by };
  }

  protected writing(request: Request): WriteOptions {
    return { ...this.caller(request), when: preconditionsOf(request.headers) };
  }
}
