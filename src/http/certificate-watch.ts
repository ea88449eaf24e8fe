import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { type Certificates, readCertificates, type TlsFiles } from './certificates.js';

/** The part of a pino logger that is needed here. */
interface WatchLog {
  info(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Certificate and key are written one after the other. */
const SETTLED = 200;
/** For file systems that tell nothing, and files that are links to elsewhere. */
const POLL = 10_000;

/**
 * Follows the files of a server's certificates. What does not fit together is not taken: the server goes on with what it
 * had, and the log says so once.
 */
export class CertificateWatch {
  #watchers: readonly FSWatcher[] = [];
  #poll: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #reading = false;
  #stopped = false;
  /** What was told last, so that it is not told again. */
  #told = '';

  constructor(
    private readonly files: TlsFiles,
    private current: Certificates,
    private readonly use: (certificates: Certificates) => void,
    private readonly log: WatchLog,
  ) {}

  start(): void {
    const { cert, key, clientCa } = this.files;
    // Directories, not files: a new file renamed over the old one, or a link that is turned, leaves the old file as it was.
    const directories = new Set([cert, key, ...(clientCa === null ? [] : [clientCa])].map((file) => dirname(file)));
    this.#watchers = [...directories].flatMap((directory) => this.#watch(directory));
    this.#poll = setInterval(() => this.#read(), POLL).unref();
  }

  stop(): void {
    this.#stopped = true;
    for (const watcher of this.#watchers) watcher.close();
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
  }

  #watch(directory: string): readonly FSWatcher[] {
    try {
      const watcher = watch(directory, { persistent: false }, () => {
        this.#settling ??= setTimeout(() => {
          this.#settling = undefined;
          this.#read();
        }, SETTLED).unref();
      });
      // Then there is the poll.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const read = await readCertificates(this.files);
    this.#reading = false;
    if (this.#stopped) return;
    if (!read.ok) return this.#tell(read.faults.join('; '));
    const { certificates } = read;
    const isNew = (['cert', 'key', 'ca'] as const).some((part) => certificates[part] !== this.current[part]);
    if (!isNew) return this.#tell('');
    this.use(certificates);
    this.current = certificates;
    this.#told = '';
    const { fingerprint, validTo } = certificates;
    this.log.info({ fingerprint, validTo }, 'new certificates are in use');
  }

  #tell(fault: string): void {
    if (fault === this.#told) return;
    this.#told = fault;
    if (fault !== '') this.log.error({ fault }, 'new certificates cannot be used; the old ones stay in use');
  }
}
