import type { Caller } from '../../endpoint/api.ts';

/** What a function gets in its environment variables, and who assumes a role in the answer. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Issues credentials and knows the role behind each. Credentials do not expire: those of an environment that has ended,
 * or of a function that was replaced, go on naming their role, and never become the developer's.
 */
export class CredentialRegistry {
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #callers = new Map<string, Caller>();

  /** `randomBytes` as in node:crypto. */
  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** A new session of a role. Without a role the credentials are the developer's. */
  issue(session: { readonly roleArn: string; readonly sessionName: string } | undefined): Credentials {
    const credentials = {
      accessKeyId: `ASIA${this.#characters(16)}`,
      secretAccessKey: Buffer.from(this.#randomBytes(30)).toString('base64'),
      sessionToken: Buffer.from(this.#randomBytes(96)).toString('base64'),
    };
    const { accessKeyId } = credentials;
    if (session !== undefined) this.#callers.set(accessKeyId, { accessKeyId, ...session });
    return credentials;
  }

  /** Who calls with an access key. Ids that were not issued here are the developer's. */
  callerFor(accessKeyId: string | undefined): Caller {
    return this.#callers.get(accessKeyId ?? '') ?? { accessKeyId: accessKeyId ?? '' };
  }

  /** Temporary access key ids are ASIA and 16 characters of base 32. */
  #characters(count: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    return [...this.#randomBytes(count)].map((byte) => alphabet[byte % 32]).join('');
  }
}
