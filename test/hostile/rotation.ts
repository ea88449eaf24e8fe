import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostern } from '../bench/http/servers.js';
import { authority } from '../tls/certificates.js';
import { ask, CertificateFiles } from '../tls/serving.js';

interface Rotation {
  readonly rotations: number;
  readonly requests: number;
  /** With a handshake each. */
  readonly connections: number;
  readonly faults: readonly string[];
}

/** Changes certificates, again when the last are in use, while callers ask on connections that they keep and on new ones. */
export async function rotation(
  { rotations, callers }: { readonly rotations: number; readonly callers: number },
  main?: { file: string; options: string[] },
): Promise<Rotation> {
  const ours = authority('ours');
  const files = new CertificateFiles();
  files.write(ours.issue('localhost'));
  const settings = { POSTERN_TLS_CERT: files.cert, POSTERN_TLS_KEY: files.key, POSTERN_LOG_LEVEL: 'silent' };
  const server = await startPostern(settings, main?.options, main?.file);
  const url = `https://127.0.0.1:${server.port}/readyz`;
  const seen = new Set<string>();
  const faults: string[] = [];
  let [requests, connections, isOver] = [0, 0, false];
  const caller = async (agent: Agent | undefined): Promise<void> => {
    for (; !isOver; requests++) {
      try {
        const { status, fingerprint } = await ask(url, { ca: ours.cert, ...(agent === undefined ? {} : { agent }) });
        if (status !== 200) throw new Error(`answered with ${status}`);
        if (agent !== undefined) continue;
        connections++;
        seen.add(fingerprint);
      } catch (error) {
        if (faults.length < 10) faults.push((error as Error).message);
      }
    }
  };
  const agents = Array.from({ length: callers }, (_, at) =>
    at % 2 === 0 ? undefined : new Agent({ keepAlive: true, maxSockets: 1 }),
  );
  const calling = agents.map(caller);
  for (let done = 0; done < rotations; done++) {
    files.write(ours.issue('localhost'));
    for (const until = Date.now() + 15_000; seen.size < done + 2; await pause(20)) {
      if (Date.now() < until) continue;
      faults.push(`new certificates, number ${done + 1}, are not used`);
      break;
    }
  }
  isOver = true;
  await Promise.all(calling);
  for (const agent of agents) agent?.destroy();
  await server.stop();
  files.remove();
  return { rotations: seen.size - 1, requests, connections, faults };
}
