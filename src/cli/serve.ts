import type { Command } from 'commander';
import { teaching } from './command.js';
import type { Terminal } from './terminal.js';

export const serveCommand = (terminal: Terminal): Command =>
  teaching('serve', {
    summary: 'run the server',
    description:
      'Runs the server, as npm start does, until it is sent SIGTERM or SIGINT. Every setting is an environment variable ' +
      'POSTERN_…, read once; if any is wrong, all faults are told and nothing starts. docs/settings.md lists them.',
    examples: [
      { does: 'on http://127.0.0.1:8080, with its data in ./data', run: 'postern serve', serves: true },
      { does: 'elsewhere', run: 'POSTERN_PORT=9090 POSTERN_DATA_DIR=/var/lib/postern postern serve', serves: true },
      {
        does: 'one of several replicas',
        run: 'POSTERN_DATABASE_URL=postgres://postern:secret@database/postern postern serve',
        serves: true,
      },
    ],
  }).action(async () => {
    const { serve } = await import('../serve.js');
    await serve(terminal.env);
  });
