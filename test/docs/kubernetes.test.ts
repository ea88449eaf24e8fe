import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config.js';
import { openApi } from '../../src/http/open-api.js';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const documents = parseAllDocuments(file('examples/kubernetes/postern.yaml'));

/** The one of this kind. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect to be there
const of = (kind: string): any => documents.map((each) => each.toJS()).find((each) => each.kind === kind);

const deployment = of('Deployment');
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

/** What a value may have of members: a slip in a name is dropped by Kubernetes without a word. */
const known: Readonly<Record<string, readonly string[]>> = {
  container: [
    ...['name', 'image', 'ports', 'env', 'volumeMounts', 'startupProbe', 'readinessProbe', 'livenessProbe'],
    ...['resources', 'securityContext'],
  ],
  pod: [
    ...['automountServiceAccountToken', 'terminationGracePeriodSeconds', 'securityContext'],
    ...['topologySpreadConstraints', 'containers', 'volumes'],
  ],
  probe: ['httpGet', 'periodSeconds', 'timeoutSeconds', 'failureThreshold'],
};

// Its schemas as a package take 25 MB and need Node 22: what is in it was checked with them, and is held here.
describe('the Kubernetes example', () => {
  it('is YAML, of one kind each', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const kinds = documents.map((each) => [each.toJS().apiVersion, each.toJS().kind]);
    expect(kinds).toEqual([
      ['apps/v1', 'Deployment'],
      ['v1', 'Service'],
      ['policy/v1', 'PodDisruptionBudget'],
    ]);
  });

  it('has no member that Kubernetes does not know', () => {
    expect(Object.keys(container).filter((name) => !known.container?.includes(name))).toEqual([]);
    expect(Object.keys(pod).filter((name) => !known.pod?.includes(name))).toEqual([]);
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(Object.keys(container[name]).filter((member) => !known.probe?.includes(member))).toEqual([]);
    }
  });

  it('finds its pods by their labels', () => {
    const { labels } = deployment.spec.template.metadata;
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(of('Service').spec.selector).toEqual(labels);
    expect(of('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
  });

  it('has two replicas, of which one may go', () => {
    expect(deployment.spec.replicas).toBe(2);
    expect(of('PodDisruptionBudget').spec.minAvailable).toBe(1);
    expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
  });

  it('asks for paths that there are, at a port that there is', () => {
    const { port: _, ...service } = of('Service').spec.ports[0];
    expect(service).toEqual({ name: 'http', targetPort: 'http' });
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const { path, port } = container[name].httpGet;
      expect(Object.keys(openApi.paths)).toContain(path);
      expect(container.ports.map((each: { name: string }) => each.name)).toContain(port);
    }
    // What stands where Postern is listens by itself: the image says so.
    expect(file('Dockerfile')).toContain(`EXPOSE ${container.ports[0].containerPort}`);
  });

  it('has settings that Postern takes', () => {
    const values: Readonly<Record<string, string>> = { 'database-url': 'postgres://postern:secret@database/postern' };
    const env = Object.fromEntries(
      container.env.map((each: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string } } }) => [
        each.name,
        each.value ?? values[each.valueFrom?.secretKeyRef.key ?? ''],
      ]),
    );
    const directory = mkdtempSync(join(tmpdir(), 'postern-secrets-'));
    const key = join(directory, 'bootstrap-key');
    writeFileSync(key, 'k'.repeat(44));
    const config = readConfig({ ...env, POSTERN_HOST: '0.0.0.0', POSTERN_BOOTSTRAP_KEY_FILE: key });
    rmSync(directory, { recursive: true });
    expect(config.database?.url).toBe(values['database-url']);
    expect(config.shown.POSTERN_AUTH).toBe('required');
    const mounted = pod.volumes[0].secret.items.map(({ path }: { path: string }) => `/secrets/${path}`);
    expect(mounted).toContain(env.POSTERN_BOOTSTRAP_KEY_FILE);
  });

  it('lets a pod end in order, and runs as the user of the image', () => {
    const { value: delay } = container.env.find(({ name }: { name: string }) => name === 'POSTERN_SHUTDOWN_DELAY');
    // 10 s for open requests, 6 s for both logs.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(delay) + 16);
    // Long enough for the kubelet to see that it is no longer ready, were that all that anybody was told.
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(Number(delay)).toBeGreaterThan(periodSeconds * failureThreshold);
    expect(file('Dockerfile')).toContain(`USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  });
});
