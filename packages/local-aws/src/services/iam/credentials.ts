import type { Caller } from '../../endpoint/api.ts';

/** What a function gets in its environment variables. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface Session {
  readonly credentials: Credentials;
  readonly caller: Caller;
}

/**
 * Issues credentials for functions and knows the role behind each. One function keeps its credentials as long as its
 * role stays the same; they do not expire, and a replaced function's old ones go on naming its old role.
 */
export class CredentialRegistry {
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #byFunction = new Map<string, Session>();
  readonly #byAccessKey = new Map<string, Session>();

  /** `randomBytes` as in node:crypto. */
  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** The session of a function's role; its session name is the function's name, as on Lambda. */
  credentialsFor(fn: { readonly name: string; readonly roleArn: string }): Credentials {
    const key = `${fn.name} ${fn.roleArn}`;
    const session = this.#byFunction.get(key) ?? this.#issue(fn);
    this.#byFunction.set(key, session);
    return session.credentials;
  }

  /** Who calls with an access key. Ids that were not issued here are the developer's. */
  callerFor(accessKeyId: string | undefined): Caller {
    const session = accessKeyId === undefined ? undefined : this.#byAccessKey.get(accessKeyId);
    return session?.caller ?? { accessKeyId: accessKeyId ?? '' };
  }

  #issue({ name, roleArn }: { readonly name: string; readonly roleArn: string }): Session {
    const credentials = {
      accessKeyId: `ASIA${this.#characters(16)}`,
      secretAccessKey: Buffer.from(this.#randomBytes(30)).toString('base64'),
      sessionToken: Buffer.from(this.#randomBytes(96)).toString('base64'),
    };
    const { accessKeyId } = credentials;
    const session = { credentials, caller: { accessKeyId, roleArn, sessionName: name } };
    this.#byAccessKey.set(accessKeyId, session);
    return session;
  }

  /** Temporary access key ids are ASIA and 16 characters of base 32. */
  #characters(count: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    return [...this.#randomBytes(count)].map((byte) => alphabet[byte % 32]).join('');
  }
}
