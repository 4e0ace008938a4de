import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock.ts';
import { isLoopbackHost } from '../../endpoint/request-guard.ts';
import type { CredentialRegistry } from '../iam/credentials.ts';

/** A session of a task role. */
interface Session {
  readonly roleArn: string;
  /** The task's id, as on AWS. */
  readonly sessionName: string;
}

const route = /^\/v2\/credentials\/([0-9a-f-]{36})$/;

/** ECS gives task roles six hours at a time. The runtime's own credentials do not expire; the SDK asks again all the same. */
const lifetimeMs = 6 * 60 * 60 * 1000;

/**
 * Where containers get the credentials of their task role (ECS Developer Guide, "Task IAM role": the agent's
 * `/v2/credentials/<id>`). Only the task's own processes know its id, which nobody can guess. Web pages are refused by
 * their `Origin`, and a foreign name of this machine by its `Host`.
 */
export class CredentialsServer {
  readonly #sessions = new Map<string, Session>();
  readonly #server: Server;

  constructor(registry: CredentialRegistry, clock: Clock) {
    this.#server = createServer(({ method, url = '', headers }, response) => {
      const session = this.#sessions.get(route.exec(url)?.[1] ?? '');
      const isOwn = isLoopbackHost(headers.host ?? '') && headers.origin === undefined && method === 'GET';
      response.setHeader('content-type', 'application/json');
      if (session === undefined || !isOwn) {
        response.writeHead(404).end(JSON.stringify({ code: 'InvalidIdInRequest', message: 'No such credentials.' }));
        return;
      }
      const { accessKeyId, secretAccessKey, sessionToken } = registry.issue(session);
      const answer = {
        RoleArn: session.roleArn,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: new Date(clock.now() + lifetimeMs).toISOString(),
      };
      response.end(JSON.stringify(answer));
    });
    this.#server.keepAliveTimeout = 0;
  }

  async start(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** A new address, from which the session's credentials come until `withdraw`. */
  issueAddress(session: Session): string {
    const id = randomUUID();
    this.#sessions.set(id, session);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2/credentials/${id}`;
  }

  withdraw(address: string | undefined): void {
    this.#sessions.delete(address?.split('/').at(-1) ?? '');
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
