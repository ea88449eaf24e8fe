/**
 * The last step of `npm test`: what `npm run generate` has made is what is committed, or at least staged, so that nobody
 * changes what callers see without seeing it. `npm ci` generates too, so only git knows what was there before.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const DIFFERS = 1;

const { status } = spawnSync('git', ['--no-pager', 'diff', '--exit-code', '--', 'openapi.json'], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  stdio: ['ignore', 'inherit', 'ignore'],
});
if (status === DIFFERS) {
  process.stderr.write('openapi.json is not as committed: read the difference, then `git add openapi/openapi.json`\n');
  process.exitCode = 1;
} else if (status !== 0) {
  process.stderr.write('openapi.json was not compared: this is not a checkout of git\n');
}
