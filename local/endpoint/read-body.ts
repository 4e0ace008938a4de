import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** Above every limit of the services behind (Lambda 6 MB, SQS 1 MiB, six times that when fully escaped as JSON). */
export const bodyLimitBytes = 16 * 1024 * 1024;

/** Collects a request's body. Rejects with an `AwsError`: 413 above `bodyLimitBytes`, 408 when it ends early. */
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
    // What follows an error is `close`, which says all there is to say.
    request.on('error', () => undefined);
    request.on('close', () => {
      if (!request.complete) reject(new AwsError('RequestTimeout', 'The request ended early.', { httpStatus: 408 }));
    });
  });
}
