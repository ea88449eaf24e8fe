import { type Config, type Environment, readClientSettings, readOfflineConfig } from '../config.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** Where a command writes. */
export interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
}

/** ECMA-48, SGR. Not `styleText`, which asks the real standard output by itself whether it is a terminal. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

type Style = keyof typeof STYLES;

/** What a command knows of the world around it, and how it ends. */
export class Terminal {
  exit: ExitCode = EXIT.ok;
  readonly settings;

  constructor(
    readonly stdin: AsyncIterable<Buffer>,
    readonly stdout: Output,
    readonly stderr: Output,
    readonly env: Environment,
  ) {
    this.settings = readClientSettings(env);
  }

  /** For commands that judge files by themselves. @throws ConfigError */
  get config(): Config {
    return readOfflineConfig(this.env);
  }

  /** What the command is asked for. */
  line(text = ''): void {
    this.stdout.write(`${text}\n`);
  }

  /** What is said beside it. */
  note(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** Coloured on a terminal, for eyes; never in a pipe, and never against NO_COLOR. */
  paint(style: Style | readonly Style[], text: string): string {
    if (!this.stdout.isTTY || !this.settings.colour) return text;
    const codes = [style].flat().map((each) => STYLES[each as Style]);
    return `\u001b[${codes.join(';')}m${text}\u001b[0m`;
  }
}

/**
 * Text of files and servers as a terminal may show it: a control character could move the cursor, and one of writing
 * direction could make a policy read as another one.
 */
export const visible = (text: string): string =>
  text.replace(CONTROLS, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);

const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
