import { ConfigError } from './config.js';
import { StoreError } from './store/store.js';

/** What the operator can mend is said in words; anything else with its stack. */
export function faultText(error: unknown): string {
  if (isMendable(error)) return `postern: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Wrong settings, a store that cannot be opened, a port that is taken. */
export const isMendable = (error: unknown): error is Error =>
  error instanceof ConfigError ||
  error instanceof StoreError ||
  (error instanceof Error && 'syscall' in error && error.syscall === 'listen');
