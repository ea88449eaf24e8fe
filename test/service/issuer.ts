import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** An issuer of OpenID Connect, as far as it concerns those who trust its tokens. */
export class TestIssuer {
  /** How often its keys were asked for. */
  asked = 0;
  /** It answers everything with this, where it is not 200. */
  status = 200;
  /** What `/.well-known/openid-configuration` says instead. */
  metadata: object | undefined;
  #keys: SigningKey[] = [];
  #made = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const issuer = new TestIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', ({ url }, response) => {
      const metadata = issuer.metadata ?? { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` };
      if (url === '/keys') issuer.asked++;
      const body = url === '/keys' ? { keys: issuer.#keys.map(({ jwk }) => jwk) } : metadata;
      response.writeHead(issuer.status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(body));
    });
    await issuer.addKey();
    return issuer;
  }

  /** From now on tokens are signed with a key that nobody has seen; the ones before are still published. */
  async addKey(alg = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `k${++this.#made}`;
    this.#keys.push({ kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
  }

  /** What was signed with the keys before is not valid any more. */
  dropOldKeys(): void {
    this.#keys = this.#keys.slice(-1);
  }

  /**
   * @param changed claims, instead of those of a good token that lets decide
   * @param header more of it
   */
  async token(changed: Readonly<Record<string, unknown>> = {}, header: object = {}): Promise<string> {
    const { kid, alg, privateKey } = this.#keys.at(-1)!;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.url, aud: 'postern', sub: 'ann', scope: 'openid decide', iat: now, exp: now + 300 };
    return new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A token of the same claims that nobody has signed. */
export function unsigned(token: string): string {
  const [, claims] = token.split('.');
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')}.${claims}.`;
}
