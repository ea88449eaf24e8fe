import type { Issue } from '../policy/issue.js';
import type { ExitCode } from './exit-codes.js';
import { type Mount, told } from './source.js';
import { visible } from './terminal.js';

/** A command cannot do its job. */
export class Failure extends Error {
  override readonly name = 'Failure';

  /**
   * @param issues point into what was sent or judged
   * @param mounts the files which that was made of
   */
  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly issues: readonly Issue[] = [],
    readonly mounts: readonly Mount[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** For people: what is wrong, and where in their files. */
  lines(): string[] {
    const issues = told(this.issues, this.mounts).map(
      ({ where, code, detail }) => `  ${where || '(all)'}  ${code}  ${detail}`,
    );
    return [`postern: ${this.message}`, ...issues].map(visible);
  }
}

/** What a job gives; a failure of it is told by the files that its input was made of. */
export async function toldBy<T>(mounts: readonly Mount[], job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.exit, error.message, error.issues, [...error.mounts, ...mounts], { cause: error });
  }
}
