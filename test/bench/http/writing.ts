import type { PolicyDocument, Statement } from '../../../src/policy/document.js';
import type { StoreDocument } from '../../../src/service/store-document.js';
import { Connection } from './connection.js';
import { write } from './request.js';

/** Writes one endpoint policy after the other, once a second, each time as a document that was never seen before. */
export class Writing {
  readonly #policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
  #connection: Connection | undefined;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    { policies = [] }: StoreDocument,
    private readonly port: number,
  ) {
    this.#policies = policies
      .filter(({ kind }) => kind === 'endpoint')
      .map(({ name, document }) => ({ name, document: document as PolicyDocument }));
  }

  async start(): Promise<void> {
    this.#connection = await Connection.open(this.port);
    this.#write();
    this.#timer = setInterval(() => this.#write(), 1000);
  }

  /** @throws Error when a write failed */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
    this.#connection?.close();
  }

  #write(): void {
    const { name, document } = this.#policies[this.#written++ % this.#policies.length]!;
    const [first, ...others] = document.Statement as readonly Statement[];
    // It says the same, but its text is new, so it has to be compiled.
    const changed = { ...document, Statement: [{ ...first, Sid: `Written${this.#written}` }, ...others] };
    const body = { document: changed };
    this.#last = this.#last.then(() => write(this.#connection!, 'PUT', `/v1/policies/endpoint/${name}`, body));
  }
}
