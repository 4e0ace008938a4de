import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AwsError, type ForwardedAnswer } from '../../endpoint/api.ts';
import { LocalRuntimeError, type Place } from '../../errors.ts';
import type { ProcessGuard } from '../../processes.ts';

/**
 * The headers that dynalite looks at. The endpoint has already decided who calls, and whether they may. Node writes a
 * flat list as it is.
 */
const fixedHeaders = [
  ['host', 'dynamodb'],
  ['content-type', 'application/x-amz-json-1.0'],
  ['authorization', 'AWS4-HMAC-SHA256 Credential=local,SignedHeaders=host,Signature=local'],
  ['x-amz-date', '20120810T000000Z'],
].flat();

/**
 * The headers of dynalite's response that clients get. SDKs check `x-amz-crc32` against the body, so the body stays as
 * it is.
 */
const returnedHeaders = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'] as const;

/** Takes requests to the tables' process and its responses back, over connections that stay open. */
export class Forwarder {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * Goes on with a request even when its client has gone, because dynalite would end on a broken request. Rejects with
   * DynamoDB's `InternalServerError`, which SDKs retry, when the process is gone.
   */
  send(operation: string, body: Buffer): Promise<ForwardedAnswer> {
    return new Promise((resolve, reject) => {
      const gone = () => {
        const message = 'The process that holds the tables is gone, and their items with it.';
        reject(new AwsError('InternalServerError', message, { httpStatus: 500 }));
      };
      const forwarded = request(
        {
          agent: this.#agent,
          socketPath: this.#socketPath,
          method: 'POST',
          path: '/',
          headers: [
            ...fixedHeaders,
            'x-amz-target',
            `DynamoDB_20120810.${operation}`,
            'content-length',
            String(body.length),
          ],
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', gone);
          response.on('end', () => {
            const headers: Record<string, string> = {};
            for (const name of returnedHeaders) {
              const value = response.headers[name];
              if (typeof value === 'string') headers[name] = value;
            }
            const [only] = chunks;
            const answer = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
            resolve({ status: response.statusCode ?? 500, headers, body: answer });
          });
        },
      );
      forwarded.on('error', gone);
      forwarded.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript in the packed package. */
const main = fileURLToPath(new URL(`./dynalite-main${extname(import.meta.url)}`, import.meta.url));

/** What is kept of the process's last words. */
const lastWordsLength = 2000;

interface DynaliteOptions {
  /** Path of the Unix socket to listen on; 103 bytes at most (macOS). */
  readonly socketPath: string;
  readonly region: string;
  readonly accountId: string;
  readonly guard: ProcessGuard;
  /** The process ended without being asked to; all items are lost. */
  readonly onCrash: (lastWords: string) => void;
}

/** dynalite in a process of its own, since it keeps a processor busy and an unexpected request may end it. */
export class DynaliteProcess {
  readonly #child: ChildProcess;
  #lastWords = '';
  #closing = false;

  private constructor({ socketPath, region, accountId, guard, onCrash }: DynaliteOptions) {
    this.#child = spawn(process.execPath, [main, socketPath], {
      env: { AWS_ACCOUNT_ID: accountId, AWS_REGION: region },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { pid } = this.#child;
    if (pid !== undefined) guard.watch(pid);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
    });
    this.#child.on('error', (error) => (this.#lastWords += error.message));
    this.#child.once('close', () => {
      if (pid !== undefined) guard.forget(pid);
      if (!this.#closing) onCrash(this.#lastWords);
    });
  }

  /** Settles when the process listens. */
  static async start(options: DynaliteOptions): Promise<DynaliteProcess> {
    const started = new DynaliteProcess(options);
    const child = started.#child;
    const listening = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'close').then(() => false),
    ]).catch(() => false);
    if (listening) return started;
    throw dynamodbError(
      'TABLES_NOT_STARTED',
      `The process that holds the tables did not start: ${started.#lastWords.trim()}`,
      'Mend what it says; a long TMPDIR makes the path of its socket too long.',
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

/** Every code that running the tables of a model can end with, and what it means. */
const dynamodbErrorCodes = {
  TABLES_NOT_STARTED: 'The process that holds the tables did not start.',
  TABLE_REFUSED: 'DynamoDB would not create a table like this.',
  TABLE_CHANGED: "A running table's keys or indexes cannot be changed.",
} as const;

type DynamodbErrorCode = keyof typeof dynamodbErrorCodes;

/** The only way this folder makes an error for the person at the terminal. */
export function dynamodbError(
  code: DynamodbErrorCode,
  message: string,
  remedy: string,
  place: Place = {},
): LocalRuntimeError {
  return new LocalRuntimeError(code, message, remedy, place);
}
