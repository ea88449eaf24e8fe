/** Spellings of an instant in the W3C profile of ISO 8601, and as epoch seconds. */
import type { Random } from './random.js';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** One spelling of the instant. A fraction such as `.5` leaves only the spellings with seconds. */
export function dateText(random: Random, epoch: number, fraction = '', onlyFull = false): string {
  const full = () => {
    const offset = random.pick([0, 0, 0, 120, -330, 60, -720, 845]);
    const date = new Date((epoch + offset * 60) * 1000);
    const day = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
    const minutes = Math.abs(offset);
    const sign = offset < 0 ? '-' : '+';
    const zone =
      offset === 0
        ? random.pick(['Z', 'Z', '+00:00', '-00:00'])
        : `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    const seconds = `:${two(date.getUTCSeconds())}${fraction}`;
    const short = !onlyFull && fraction === '' && date.getUTCSeconds() === 0 && random.chance(0.3);
    return `${day}T${clock}${short ? '' : seconds}${zone}`;
  };
  if (onlyFull || fraction !== '' || random.chance(0.5)) return full();
  const iso = new Date(epoch * 1000).toISOString();
  const spellings = [String(epoch)];
  if (iso.endsWith('T00:00:00.000Z')) spellings.push(iso.slice(0, 10));
  if (iso.endsWith('-01T00:00:00.000Z')) spellings.push(iso.slice(0, 7));
  if (iso.endsWith('-01-01T00:00:00.000Z')) spellings.push(iso.slice(0, 4), iso.slice(0, 4));
  return random.pick(spellings);
}

/** A date near the one that a request holds: the same, spelled otherwise, or a little off. */
export function dateNear(random: Random, text: string, fallback: number): string {
  const milliseconds = /^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  const epoch = Number.isNaN(milliseconds) ? fallback : Math.floor(milliseconds / 1000);
  const own = /\.\d+/.exec(text)?.[0] ?? '';
  const fraction = random.weighted([
    [6, own],
    [1, own === '' ? '.0' : `${own}00`],
    [1, `${own === '' ? '.' : own}000000000001`],
    [1, '.999'],
  ]);
  return dateText(random, epoch + random.pick([0, 0, 0, 1, -1, 60, 86_400, -86_400]), fraction);
}
