import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type SigningKey = Parameters<SignJWT['sign']>[0];

/** An issuer of tokens on this machine: its discovery document, its keys, and tokens of it. */
export class Issuer {
  readonly url: string;
  readonly #server: Server;
  readonly #key: SigningKey;

  private constructor(server: Server, url: string, key: SigningKey) {
    this.#server = server;
    this.url = url;
    this.#key = key;
  }

  static async start(): Promise<Issuer> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }];
    const server = createServer((request, response) => {
      const isKeys = request.url === '/keys';
      const document = isKeys ? { keys } : { jwks_uri: `http://127.0.0.1:${portOf(server)}/keys` };
      response.end(JSON.stringify(document));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new Issuer(server, `http://127.0.0.1:${portOf(server)}`, privateKey);
  }

  /** A token that is good for an hour, but for these claims. */
  token(claims: object = {}, kid = 'one'): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: 'shop', exp: now + 3600, iat: now - 10, scope: 'read write', n: 1, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid }).sign(this.#key);
  }

  close(): void {
    this.#server.close();
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
