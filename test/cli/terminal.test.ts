import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/progress.js';
import { Terminal, visible } from '../../src/cli/terminal.js';
import { BINARY, ended } from './binary.js';

const output = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string | Uint8Array) => written.push(String(text)) };
};
const nothing = (async function* () {})();

describe('colours', () => {
  it.each<[shown: boolean, isTTY: boolean, env: Record<string, string>]>([
    [true, true, {}],
    [true, true, { NO_COLOR: '' }],
    [false, true, { NO_COLOR: '1' }],
    [false, true, { NO_COLOR: '0' }],
    [false, true, { TERM: 'dumb' }],
    [false, false, {}],
  ])('are shown: %s, on a terminal: %s, with %j', (shown, isTTY, env) => {
    const terminal = new Terminal(nothing, output(isTTY), output(isTTY), env);
    expect(terminal.paint('red', 'x') !== 'x').toBe(shown);
  });

  const script = '/usr/bin/script';
  it.skipIf(!existsSync(script))('are shown by the command on a terminal, and not with NO_COLOR', async () => {
    const command = `"${process.execPath}" "${BINARY}" validate examples/policies`;
    const [plain, without] = await Promise.all([
      ended(script, ['-qec', command, '/dev/null'], { env: { TERM: 'xterm' } }),
      ended(script, ['-qec', command, '/dev/null'], { env: { TERM: 'xterm', NO_COLOR: '1' } }),
    ]);
    expect(plain.out).toContain('\u001b[32mno findings\u001b[0m');
    expect(plain.out).toContain('validating 1 of 4');
    expect(without.out).not.toContain('\u001b[32m');
  });
});

describe('progress', () => {
  it('is drawn on a terminal, not too often, and cleared', () => {
    const terminal = output(true);
    let now = 0;
    const progress = new Progress(terminal, () => now);
    for (; now < 250; now += 10) progress.show(`${now}`);
    progress.clear();
    progress.clear();
    expect(terminal.written).toEqual(['\r\u001b[K0', '\r\u001b[K100', '\r\u001b[K200', '\r\u001b[K']);
  });

  it('is nothing elsewhere', () => {
    const file = output(false);
    const progress = new Progress(file);
    progress.show('x');
    progress.clear();
    expect(file.written).toEqual([]);
  });
});

describe('visible', () => {
  it('shows what would move the cursor, or turn a text around', () => {
    expect(visible('a\u001b[2Jb\u202ec\nd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
    expect(visible('äö✓ 日本 😀')).toBe('äö✓ 日本 😀');
  });
});
