/**
 * `npm run --silent sbom`: the software bill of materials of what is installed with `--omit=dev`, as CycloneDX.
 * Made of what npm says of everything, since `npm sbom --omit=dev` (npm 11) also leaves out what development shares with
 * the service, such as Express.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installedOf, readLock } from './licences.js';

/** The part of CycloneDX that is read here; the rest is passed on. */
interface Bom {
  readonly metadata: { readonly component: object };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const { name, version } = readLock();
const own = `${name}@${version}`;
const all = JSON.parse(
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }),
) as Bom;
const kept = new Set([own, ...installedOf(readLock()).map((each) => `${each.name}@${each.version}`)]);
const isKept = (ref: string): boolean => kept.has(ref);
const bom: Bom = {
  ...all,
  // npm calls it after the directory that it is in.
  metadata: { ...all.metadata, component: { ...all.metadata.component, type: 'application', name } as object },
  components: all.components.filter((component) => isKept(component['bom-ref'])),
  dependencies: all.dependencies
    .filter(({ ref }) => isKept(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
