import { hostile, hostileContents } from './hostile.js';
import type { Settings } from './servers.js';
import { type Contents, contentsOf } from './workload.js';

/** A Postern with these settings and contents; it runs for all scenarios that ask it. */
export interface StoreSetup {
  readonly settings: Settings;
  readonly contents: () => Contents;
  /** Whoever asks has a key. */
  readonly isSecured?: true;
  /** Takes minutes: measured with `--full` only. */
  readonly isLong?: true;
}

/** As it is run: metrics are always on. */
const asRun: Settings = { POSTERN_LOG_LEVEL: 'info' };
/** The default limits take about 130 statements of the workload in an endpoint policy, and 50 in a resource policy. */
const anySize: Settings = { ...asRun, POSTERN_MAX_ENDPOINT_POLICY: '1048576', POSTERN_MAX_RESOURCE_POLICY: '1048576' };

/** S: statements in each policy. P: stored pairs of an endpoint policy and a resource policy; a set has 12 policies. */
const setups = {
  'S = 1': { settings: anySize, contents: () => contentsOf(1, 1, 20_000) },
  'S = 10': { settings: anySize, contents: () => contentsOf(10, 1, 20_000) },
  'S = 10, with everything on': {
    settings: { ...anySize, POSTERN_DECISION_LOG: 'stdout' },
    contents: () => contentsOf(10, 1, 20_000),
    isSecured: true,
  },
  'S = 100': { settings: anySize, contents: () => contentsOf(100, 1, 10_000) },
  'S = 1,000': { settings: anySize, contents: () => contentsOf(1000, 1, 10_000), isLong: true },
  'P = 64': { settings: anySize, contents: () => contentsOf(10, Math.ceil(64 / 6), 20_000) },
  'P = 1,000': { settings: anySize, contents: () => contentsOf(10, Math.ceil(1000 / 6), 20_000) },
  // 200,000 policies of ten statements do not fit into the 256 MiB that compiled policies may take by default.
  'P = 100,000': {
    settings: { ...anySize, POSTERN_MAX_COMPILED_CACHE: String(2 ** 30) },
    contents: () => contentsOf(10, Math.ceil(100_000 / 6), 50_000),
    isLong: true,
  },
  hostile: { settings: asRun, contents: () => hostileContents(3000) },
} satisfies Record<string, StoreSetup>;

export type StoreName = keyof typeof setups;
export const stores: Readonly<Record<StoreName, StoreSetup>> = setups;

/** `bare`: node:http that parses the body and answers the same bytes. `headless`: the same body with a type alone. */
export type Peer = 'bare' | 'headless' | 'express';

/** What is asked, over and over, and how it has to be. */
export interface Scenario {
  readonly name: string;
  readonly store: StoreName;
  readonly path: '/v1/decisions' | '/v1/decisions/batch' | '/v1/decisions/explain';
  /** With `Prefer: return=minimal`. */
  readonly minimal?: true;
  /** Only questions of this group. */
  readonly group?: string;
  /** Only so many of them. */
  readonly count?: number;
  /** So many questions in one request; a figure is then one question's. */
  readonly batch?: number;
  /** A policy that is asked is written every second. */
  readonly writes?: true;
  /** Other servers that are asked the same, and answer the same, just before. */
  readonly peers?: readonly Peer[];
  readonly goal?: Goal;
}

export interface Goal {
  /** Processor time: times that of the bare server, or microseconds. */
  readonly figure: 'x bare' | 'µs CPU';
  readonly most: number;
}

const decisions = { path: '/v1/decisions', minimal: true } as const;
const batch = (size: number) =>
  ({
    name: `batch of ${size}`,
    store: 'S = 10',
    path: '/v1/decisions/batch',
    minimal: true,
    batch: size,
    peers: ['bare'],
  }) as const;

/** Those without a bare server beside them are compared with that of the first. */
export const scenarios: readonly Scenario[] = [
  {
    ...decisions,
    name: 'minimal answer',
    store: 'S = 10',
    peers: ['bare', 'headless', 'express'],
    goal: { figure: 'x bare', most: 1.2 },
  },
  {
    name: 'full answer, an API key, decisions logged',
    store: 'S = 10, with everything on',
    path: '/v1/decisions',
    peers: ['bare'],
    goal: { figure: 'x bare', most: 1.6 },
  },
  { name: 'full answer', store: 'S = 10', path: '/v1/decisions', peers: ['bare'] },
  { ...decisions, name: 'S = 1', store: 'S = 1' },
  { ...decisions, name: 'S = 100', store: 'S = 100' },
  { ...decisions, name: 'S = 1,000', store: 'S = 1,000' },
  { ...decisions, name: 'P = 64', store: 'P = 64' },
  { ...decisions, name: 'P = 1,000', store: 'P = 1,000' },
  { ...decisions, name: 'P = 100,000', store: 'P = 100,000' },
  { ...decisions, name: 'allow', store: 'S = 10', group: 'allow' },
  { ...decisions, name: 'implicit deny', store: 'S = 10', group: 'implicitDeny' },
  { ...decisions, name: 'explicit deny', store: 'S = 10', group: 'explicitDeny' },
  { ...decisions, name: 'a policy written every second', store: 'S = 10', writes: true },
  batch(1),
  batch(10),
  { ...batch(100), goal: { figure: 'µs CPU', most: 1.5 } },
  batch(1000),
  { name: 'explain', store: 'S = 10', path: '/v1/decisions/explain', count: 1000 },
  ...hostile.map(
    ({ name }): Scenario => ({
      ...decisions,
      name: `hostile: ${name}`,
      store: 'hostile',
      group: name,
      goal: { figure: 'µs CPU', most: 1000 },
    }),
  ),
];

/** How late answers are at half of the bare server's top rate. */
export const tail = {
  scenario: 'minimal answer',
  /** The 99th percentile: times the bare server's in the same round. */
  most: 1.3,
};

/** How long others wait while the largest legal policy is written, and while it is compiled: milliseconds. */
export const stall = { most: 25 };
