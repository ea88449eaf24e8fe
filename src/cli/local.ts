/** Who asks the services of this process: nobody is authenticated here, and nothing is logged. */
export const LOCAL = { by: null, requestId: 'command-line' };
