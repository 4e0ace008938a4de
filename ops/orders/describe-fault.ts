import { CommandFailed } from '../command-failed.ts';
import { UsageError } from '../command-line.ts';

/** An error in words: what a person can mend as one message, a defect with its stack. */
export function describeFault(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommandFailed) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'CredentialsProviderError') {
    return 'There are no AWS credentials: set them as for the AWS CLI, or use --local for the pipeline on this machine.';
  }
  if (regionIsMissing(error)) return 'There is no AWS region: add --region, or set AWS_REGION.';
  const { code, address, port } = connectionError(error);
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${address}:${port}: start the pipeline with "npm run local", or check AWS_ENDPOINT_URL.`;
  if (code === 'ENOTFOUND' || code === 'ETIMEDOUT' || code === 'ECONNRESET')
    return `AWS cannot be reached: ${error.message}.`;
  // What an AWS service answered says what is wrong; where in the SDK it surfaced helps nobody.
  if ('$metadata' in error) return `${error.name}: ${error.message}`;
  return error.stack ?? error.message;
}

/** Whether an error is a mistake in the command line, for the exit code: the SDK looks for a region in many places. */
export function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || regionIsMissing(error);
}

function regionIsMissing(error: unknown): boolean {
  return error instanceof Error && error.message === 'Region is missing';
}

type ConnectionError = Pick<NodeJS.ErrnoException, 'code'> & { readonly address?: string; readonly port?: number };

/** The error of the first address that was tried, where a name has several. */
function connectionError(error: Error): ConnectionError {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first : error) as ConnectionError;
}
