import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionsOf, mustBe } from './answers.js';
import type { Answer } from './connection.js';
import { onceEach } from './load.js';
import { MINIMAL, requestBytes } from './request.js';
import { Runner, withConnections } from './runner.js';
import type { Peer, Scenario } from './scenarios.js';
import type { Served } from './serve.js';
import { startPeer } from './servers.js';
import { Writing } from './writing.js';

/** A Postern's runner, and an answer for the scenario's peers to give. */
export interface Prepared {
  readonly runner: Runner;
  readonly sample: Sample;
}

interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Asks every question once and checks the answers: what is measured later has been right.
 * @param most questions at most
 */
export async function prepare(
  scenario: Scenario,
  { server, contents, credentials }: Served,
  most: number,
): Promise<Prepared> {
  const { path, minimal, group, count = most, batch } = scenario;
  const questions = contents.questions
    .filter((each) => group === undefined || each.group === group)
    .slice(0, Math.min(count, most));
  const asked = groupsOf(questions, batch ?? 1);
  const requests = asked.map((each) => {
    const body = batch === undefined ? each[0]!.body : { requests: each.map((question) => question.body) };
    return requestBytes('POST', path, body, { ...credentials, ...(minimal && MINIMAL) });
  });
  const samples: Sample[] = [];
  const check = (answer: Answer, index: number): void => {
    const expected = asked[index]!.map((question) => question.expected);
    const bodies = asked[index]!.map((question) => question.body);
    mustBe(expected, decisionsOf(answer), bodies);
    samples.push(sampleOf(answer));
  };
  await withConnections(server.port, (connections) => onceEach(connections, requests, check));
  samples.sort((left, right) => left.body.length - right.body.length);
  const writing = scenario.writes ? new Writing(contents.document, server.port) : undefined;
  return { runner: new Runner(scenario, 'postern', server, requests, writing), sample: samples[samples.length >> 1]! };
}

const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.floor(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

function sampleOf({ head, body }: Answer): Sample {
  const headers = head
    .split('\r\n')
    .map((line) => line.split(': ') as [string, string])
    .filter(([name, value]) => value !== undefined && !BY_NODE.test(name));
  return { headers: Object.fromEntries(headers), body };
}

/** What Node writes by itself, it writes for the peers too. */
const BY_NODE = /^(date|connection|keep-alive|content-length)$/i;

/** Starts the other servers. @returns for each Postern its peers */
export async function preparePeers(prepared: readonly Prepared[]): Promise<ReadonlyMap<Runner, readonly Runner[]>> {
  const path = (peer: Peer, at: number): string => `/${peer}/${at}`;
  const answers = prepared.flatMap(({ runner, sample: { headers, body } }, at) =>
    (runner.scenario.peers ?? []).map((peer) => {
      const ours = peer === 'headless' ? { 'Content-Type': 'application/json; charset=utf-8' } : headers;
      return [path(peer, at), { headers: ours, body }] as const;
    }),
  );
  const file = join(tmpdir(), `postern-bench-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(Object.fromEntries(answers)));
  const bare = await startPeer('bare.mjs', file);
  const servers = { bare, headless: bare, express: await startPeer('express.mjs', file) };
  rmSync(file);
  return new Map(
    prepared.map(({ runner }, at) => {
      const { scenario, requests } = runner;
      const peers = (scenario.peers ?? []).map((peer) => {
        const start = Buffer.from(`POST ${path(peer, at)}`);
        const same = requests.map((bytes) => Buffer.concat([start, bytes.subarray(`POST ${scenario.path}`.length)]));
        return new Runner(scenario, peer, servers[peer], same);
      });
      return [runner, peers];
    }),
  );
}
