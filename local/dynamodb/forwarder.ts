import { Agent, request } from 'node:http';
import { AwsError } from '../endpoint/aws-error.ts';
import type { ForwardedAnswer } from '../endpoint/service.ts';

/**
 * What dynalite looks at before the body; who calls, and whether they may, the endpoint has decided. A flat list, which
 * Node writes as it is.
 */
const fixedHeaders = [
  ['host', 'dynamodb'],
  ['content-type', 'application/x-amz-json-1.0'],
  ['authorization', 'AWS4-HMAC-SHA256 Credential=local,SignedHeaders=host,Signature=local'],
  ['x-amz-date', '20120810T000000Z'],
].flat();

/** Of dynalite's response; SDKs check `x-amz-crc32` against the body, which therefore stays as it is. */
const returnedHeaders = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'] as const;

/** Takes requests to the tables' process and its responses back, over connections that stay open. */
export class Forwarder {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * A request that has begun is seen through even when its client goes away: dynalite ends on a broken one. Rejects with
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
