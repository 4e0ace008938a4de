import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** Above every limit of the services behind (Lambda 6 MB, SQS 1 MiB, six times that when fully escaped as JSON). */
export const bodyLimitBytes = 16 * 1024 * 1024;

/** Collects a request's body. Rejects with a 413 `AwsError` above `bodyLimitBytes`, and when the client goes away. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyLimitBytes) {
        request.pause();
        reject(
          new AwsError('RequestEntityTooLarge', `The request body is larger than ${bodyLimitBytes} bytes.`, {
            httpStatus: 413,
          }),
        );
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error('The client went away.')));
  });
}
