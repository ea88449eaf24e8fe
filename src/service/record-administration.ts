import type { AttachableType, StoredRecord } from '../store/store.js';
import type { Directory } from './directory.js';
import { ServiceError } from './errors.js';
import { orderedApi, orderedEndpoint } from './ordered-records.js';
import { type Page, type PageRequest, paged } from './paging.js';
import {
  type Api,
  type ApiBody,
  type Endpoint,
  type EndpointBody,
  readApi,
  readEndpoint,
  recordIssues,
} from './records.js';
import type { Sorted } from './sorted-map.js';
import { type AtRevision, notFound, type WriteOptions, type Writer, type Written } from './writer.js';

/** What a record's readers see: what was written, its id, and when. */
export type EndpointView = EndpointBody & Stamps & { readonly endpointId: string };
export type ApiView = ApiBody & Stamps & { readonly apiId: string };

interface Stamps {
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const stamps = ({ revision, createdAt, updatedAt }: Stamps): Stamps => ({ revision, createdAt, updatedAt });

/** Administers the records of one type. */
export class RecordAdministration<Body extends EndpointBody | ApiBody, Stored extends Endpoint | Api, View> {
  constructor(
    private readonly type: AttachableType,
    private readonly records: Sorted<Stored>,
    private readonly directory: Directory,
    private readonly writer: Writer,
    /** A body with its members in one order, so that equal records are equal texts. */
    private readonly ordered: (body: Body) => Body,
    private readonly read: (record: StoredRecord) => Stored,
    private readonly view: (record: Stored) => View,
  ) {}

  async list(page: PageRequest): Promise<AtRevision<Page<View>>> {
    const { revision } = this.directory;
    return { revision, value: paged(page, this.records, ({ id }) => id, this.view) };
  }

  /** @throws ServiceError `not-found` */
  async get(id: string): Promise<AtRevision<View>> {
    const { revision } = this.directory;
    return { revision, value: this.view(this.records.get(id) ?? notFound(this.type, id)) };
  }

  /** @throws ServiceError `malformed-request`, `precondition-failed`, `unknown-attached-policy` */
  async put(id: string, body: Body, options: WriteOptions): Promise<Written<View>> {
    const issues = recordIssues(body);
    if (issues.length > 0) throw new ServiceError('malformed-request', 'the record is malformed', issues);
    await this.writer.mustHold(options.when, () => this.records.get(id)?.revision);
    const put = {
      op: 'put',
      type: this.type,
      id,
      policy: body.policy,
      body: JSON.stringify(this.ordered(body)),
    } as const;
    const { revision, applied } = await this.writer.write(put, options);
    if (applied.type === 'policy' || applied.outcome === 'deleted')
      throw new Error('a put was answered as another write');
    return { revision, outcome: applied.outcome, value: this.view(this.read(applied.record)) };
  }

  /** @throws ServiceError `not-found`, `precondition-failed` */
  async delete(id: string, options: WriteOptions): Promise<{ readonly revision: number }> {
    return this.writer.write({ op: 'delete', type: this.type, id }, options);
  }
}

export const endpointAdministration = (
  directory: Directory,
  writer: Writer,
): RecordAdministration<EndpointBody, Endpoint, EndpointView> =>
  new RecordAdministration(
    'endpoint',
    directory.endpoints,
    directory,
    writer,
    orderedEndpoint,
    readEndpoint,
    (endpoint) => ({ ...endpoint.body, endpointId: endpoint.id, ...stamps(endpoint) }),
  );

export const apiAdministration = (directory: Directory, writer: Writer): RecordAdministration<ApiBody, Api, ApiView> =>
  new RecordAdministration('api', directory.apis, directory, writer, orderedApi, readApi, (api) => ({
    ...api.body,
    apiId: api.id,
    ...stamps(api),
  }));
