import {
  Body,
  Delete,
  Example,
  Get,
  Path,
  Put,
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import { PosternController } from './controller.js';
import * as examples from './examples-keys.js';
import type { NamedPageQuery, Problem } from './wire.js';
import type { Key, KeyList, KeyName, KeyWrite, NewKey } from './wire-keys.js';

@Route('v1/keys')
@Tags('Keys')
@Security('key', ['admin'])
export class KeysController extends PosternController {
  /**
   * Makes a key of this name. The answer is the only one that shows it: what is kept is a hash. Send `If-None-Match: *` if it
   * must be a new one.
   *
   * If there is a key of this name, changes what it lets do and until when; the key stays the same and is not shown. To
   * replace a key, make another one of another name, hand it out, and revoke this one when `lastUsedAt` stands still.
   * @summary Make or change a key
   * @example body { "roles": ["decide"], "description": "the API gateway of team blue" }
   */
  @Put('{name}')
  @SuccessResponse<{ ETag: string }>(200, 'Changed, or as it was')
  @Response<NewKey, { ETag: string; Location: string }>(201, 'Made: the only time that it is shown', examples.newKey)
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  @Example<Key>(examples.key)
  async putKey(@Request() request: Incoming, @Path() name: KeyName, @Body() body: KeyWrite): Promise<Key> {
    // A secret must not stay in a cache on the way.
    this.setHeader('Cache-Control', 'no-store');
    return this.written(request, await this.services.keys.put(name, body, this.writing(request)));
  }

  /**
   * All keys that were made and not revoked, also expired ones, bytewise by name. The keys themselves are not among what is
   * told.
   * @summary List keys
   * @returns A part of the list
   */
  @Get()
  @Example<KeyList>(examples.keyList)
  async listKeys(@Queries() page: NamedPageQuery): Promise<KeyList> {
    return this.read(await this.services.keys.list({ limit: 100, ...page }));
  }

  /**
   * What a key lets do, until when, and when it was last used. Not the key itself.
   *
   * There is no `ETag`, and so no 304: `lastUsedAt` changes without a write, and whoever waits for it to stand still must not
   * be told an old one. For `If-Match` of a write, write `revision` in double quotes.
   * @summary Read about a key
   */
  @Get('{name}')
  @Response<Problem>(404, '`not-found`: there is no such key')
  @Example<Key>(examples.key)
  async getKey(@Path() name: KeyName): Promise<Key> {
    return this.read(await this.services.keys.get(name));
  }

  /**
   * Revokes a key: from now on it is refused, on other replicas as soon as they hear of it. What was written with it keeps its
   * name. A name that is free again can be given to a new key.
   * @summary Revoke a key
   */
  @Delete('{name}')
  @Tags('Removal')
  @Response<Problem>(404, '`not-found`: there is no such key')
  @Response<Problem>(412, '`precondition-failed`: If-Match or If-None-Match does not hold')
  async revokeKey(@Request() request: Incoming, @Path() name: KeyName): Promise<void> {
    this.at((await this.services.keys.revoke(name, this.writing(request))).revision);
  }
}
