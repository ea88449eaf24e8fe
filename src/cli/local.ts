import type { Caller } from '../service/credentials.js';

/** Who asks the services of this process: nobody is authenticated here, and nothing is logged. */
export const LOCAL: Caller = { by: null, requestId: 'command-line' };
