import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openApi } from '../../src/http/open-api.js';
import { problems } from '../../src/http/problem.js';
import { Durations } from '../../src/service/collectors.js';
import { allowAll, call, denyAll, type Postern, postern, ready } from './postern.js';
import { send, startProcess } from './server-process.js';

/** Every value by its name and labels as they are written, `name{label="value"}`. */
async function metrics({ http }: Pick<Postern, 'http'>): Promise<ReadonlyMap<string, number>> {
  const { status, type, text } = await http.get('/metrics');
  expect([status, type]).toEqual([200, 'text/plain']);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** What provokes a metric, and by how much it then grows. */
interface Provoked {
  readonly metric: string;
  readonly by: (served: Postern) => Promise<unknown>;
  readonly grows: number;
  readonly settings?: Readonly<Record<string, string>>;
}

const decide =
  (changed: object = {}) =>
  (served: Postern) =>
    served.post('/v1/decisions', call(changed));
const series = (name: string, labels: Readonly<Record<string, string>> = {}): string => {
  const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text.length === 0 ? name : `${name}{${text.join(',')}}`;
};
const decisions = (outcome: string, reason: string, layer: string) =>
  series('postern_decisions_total', { outcome, reason, layer });
const requests = (method: string, route: string, status: string) =>
  series('postern_http_requests_total', { method, route, status });
const write = (document: object) => (served: Postern) => served.put('/v1/policies/resource/open', { document });
const writes = (result: string) => series('postern_writes_total', { result });
const rejected = (cause: string) => series('postern_rejected_requests_total', { cause });
const lookups = (result: string) => series('postern_compiled_policies_lookups_total', { result });

const provoked: readonly Provoked[] = [
  { metric: decisions('allow', 'ALLOWED', 'none'), by: decide(), grows: 1 },
  { metric: decisions('deny', 'UNKNOWN_ENDPOINT', 'none'), by: decide({ endpoint: 'vpce-9' }), grows: 1 },
  {
    metric: decisions('deny', 'EXPLICIT_DENY', 'resource'),
    by: async (served) => {
      await write(denyAll)(served);
      await served.post('/v1/decisions/batch', { requests: [call(), call()] });
    },
    grows: 2,
  },
  {
    metric: decisions('deny', 'INVALID_REQUEST', 'none'),
    by: (served) => served.post('/v1/decisions/batch', { requests: [{}] }),
    grows: 1,
  },
  {
    metric: decisions('allow', 'ALLOWED', 'none'),
    by: (served) => served.post('/v1/decisions/explain', call()),
    grows: 0,
  },
  { metric: writes('written'), by: write(denyAll), grows: 1 },
  { metric: writes('unchanged'), by: write(allowAll), grows: 1 },
  {
    metric: writes('refused'),
    by: (served) => served.http.delete('/v1/policies/resource/open'),
    grows: 1,
  },
  { metric: rejected('malformed-request'), by: decide({ principal: 'nobody' }), grows: 1 },
  { metric: rejected('not-found'), by: (served) => served.http.get('/v1/apis/none'), grows: 1 },
  {
    metric: rejected('host-not-allowed'),
    by: (served) => served.http.get('/v1/apis').set('Host', 'evil.example'),
    grows: 1,
  },
  { metric: requests('POST', '/v1/decisions', '200'), by: decide(), grows: 1 },
  { metric: requests('POST', '/v1/decisions', '400'), by: decide({ principal: 'nobody' }), grows: 1 },
  {
    metric: requests('GET', '/v1/policies/{kind}/{name}', '404'),
    by: (served) => served.http.get('/v1/policies/resource/none'),
    grows: 1,
  },
  {
    metric: requests('ANY', '/forward-auth', '403'),
    by: (served) => served.http.get('/forward-auth'),
    grows: 1,
  },
  { metric: requests('none', 'none', '404'), by: (served) => served.http.get('/no/such/path'), grows: 1 },
  {
    metric: series('postern_http_request_duration_seconds_count', { method: 'POST', route: '/v1/decisions' }),
    by: decide(),
    grows: 1,
  },
  {
    metric: series('postern_http_request_duration_seconds_bucket', {
      method: 'POST',
      route: '/v1/decisions',
      le: '+Inf',
    }),
    by: decide(),
    grows: 1,
  },
  { metric: lookups('hit'), by: decide(), grows: 1 },
  {
    metric: lookups('miss'),
    by: async (served) => {
      await write({ ...allowAll, Id: 'another' })(served);
      await decide()(served);
    },
    grows: 1,
  },
  {
    metric: 'postern_compiled_policies',
    by: async (served) => {
      await write({ ...allowAll, Id: 'another' })(served);
      await decide()(served);
    },
    grows: 1,
  },
  {
    metric: 'postern_compiled_policies_evictions_total',
    settings: { POSTERN_MAX_COMPILED_CACHE: String(1024 * 1024), POSTERN_MAX_RESOURCE_POLICY: '1000000' },
    by: async (served) => {
      // Two of them are more than the cache holds.
      for (const id of ['first', 'second']) {
        await write({ ...allowAll, Id: id + 'x'.repeat(700_000) })(served);
        await decide()(served);
      }
    },
    grows: 2,
  },
  { metric: 'postern_store_revision', by: write(denyAll), grows: 1 },
];

/** Of a process, for only there decisions are logged. */
describe('a metric of the decision log', { timeout: 60_000 }, () => {
  it('grows by what was taken, left out and dropped', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'postern-metrics-'));
    const server = await startProcess({
      POSTERN_DATA_DIR: directory,
      POSTERN_DECISION_LOG: 'stdout',
      POSTERN_DECISION_LOG_ALLOWS: '0',
      POSTERN_DECISION_LOG_MASKS: '["/request/context/acme:list/0"]',
    });
    const ask = (path: string, body: object, method = 'POST') => send(method, `${server.address}/v1/${path}`, body);
    await ask('policies/resource/open', { document: allowAll }, 'PUT');
    await ask('endpoints/vpce-1a2b3c4d', { vpcId: 'vpc-1a2b3c4d', policy: null }, 'PUT');
    await ask('apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', policy: 'open' }, 'PUT');
    await ask('decisions', call());
    await ask('decisions/batch', { requests: [call({ endpoint: 'vpce-9' }), call({ endpoint: 'vpce-9' })] });
    await ask('decisions', call({ endpoint: 'vpce-9', context: { 'acme:list': 'no list' } }));
    const text = await (await fetch(`${server.address}/metrics`)).text();
    expect(await server.end()).toBe(0);
    await rm(directory, { recursive: true });
    const value = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      );
    expect(value('postern_decision_log_entries_total')).toBe(2);
    expect(value('postern_decision_log_sampled_out_total')).toBe(1);
    expect(value('postern_decision_log_dropped_total{cause="mask-failed"}')).toBe(1);
    expect(value('postern_decision_log_dropped_total{cause="buffer-full"}')).toBe(0);
  });
});

describe('a metric', () => {
  it.each(provoked)('$metric grows by $grows', async ({ metric, by, grows, settings = {} }) => {
    const served = await ready({}, settings);
    await decide()(served);
    const before = await metrics(served);
    await by(served);
    const after = await metrics(served);
    expect((after.get(metric) ?? 0) - (before.get(metric) ?? 0)).toBe(grows);
  });

  it('of a store that nobody else writes to is always new', async () => {
    const all = await metrics(await ready());
    expect([all.get('postern_store_up'), all.get('postern_store_revision_age_seconds')]).toEqual([1, 0]);
    expect(all.get('postern_store_revision_lag')).toBe(0);
    expect(all.get('postern_compiled_policies_bytes')).toBe(0);
  });

  it('is there for the process and its event loop', async () => {
    const all = await metrics(await postern());
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
      expect(all.get(name), name).toBeGreaterThan(0);
    }
  });
});

describe('labels', () => {
  it('are of what we have written ourselves, whatever is asked', async () => {
    const served = await ready();
    for (let n = 0; n < 50; n++) {
      await served.http.get(`/no/such/path/${n}`);
      await served.http.get(`/v1/policies/resource/name-${n}`);
      await served.http.post(`/v1/decisions?token=${n}`).send(call({ context: { [`acme:${n}`]: 'v' } }));
      await served.post('/v1/decisions', call({ principal: `nobody-${n}` }));
    }
    const all = [...(await metrics(served)).keys()].filter((name) => name.startsWith('postern_'));
    const values = (label: string) =>
      new Set(all.flatMap((name) => new RegExp(`[{,]${label}="([^"]*)"`).exec(name)?.[1] ?? []));
    const routes = [...Object.keys(openApi.paths), 'none'];
    for (const route of values('route')) expect(routes).toContain(route);
    for (const cause of values('cause')) expect(Object.keys(problems)).toContain(cause);
    expect(all.length).toBeLessThan(300);
  });

  it('and names are as Prometheus wants them', async () => {
    const { text } = await (await ready()).http.get('/metrics');
    const types = [...text.matchAll(/^# TYPE (postern_\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(types.length).toBeGreaterThan(10);
    for (const [name, type] of types) expect(name?.endsWith('_total'), name).toBe(type === 'counter');
    expect(text).not.toMatch(/_(ms|milliseconds|kb)\b/);
  });
});

describe('durations', () => {
  it('are counted where they belong', () => {
    const durations = new Durations();
    for (const seconds of [0, 0.0001, 0.00011, 0.3, 11]) durations.observe(seconds);
    expect(durations.counts.map((count, at) => [at, count]).filter(([, count]) => count)).toEqual([
      ...[
        [0, 2],
        [1, 1],
        [11, 1],
        [16, 1],
      ],
    ]);
    expect(durations.sum).toBeCloseTo(11.30021);
  });
});

describe('the alerts in docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const rules = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, text = '']) => {
    const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
    return groups.flatMap(({ rules: each }) => each);
  });

  it('name only metrics and labels that exist', async () => {
    expect(rules.length).toBeGreaterThan(8);
    const directory = await mkdtemp(join(tmpdir(), 'postern-metrics-'));
    const server = await startProcess({ POSTERN_DATA_DIR: directory, POSTERN_DECISION_LOG: 'stdout' });
    await send('POST', `${server.address}/v1/decisions`, call());
    const text = await (await fetch(`${server.address}/metrics`)).text();
    expect(await server.end()).toBe(0);
    await rm(directory, { recursive: true });
    const names = new Set([...text.matchAll(/^(?:# TYPE )?([a-z0-9_]+)/gm)].map(([, name]) => name));
    const used = rules.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b(?:postern|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => ({ alert, name })),
    );
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter(({ name }) => !names.has(name))).toEqual([]);
    for (const { expr } of rules) {
      for (const [, name = '', label = ''] of expr.matchAll(/(postern_\w+)\{(\w+)=/g)) {
        expect(text, `${name} has no label ${label}`).toMatch(new RegExp(`^${name}\\{.*\\b${label}="`, 'm'));
      }
    }
  });
});
