import { LocalRuntimeError } from 'local-aws';
import { UsageError } from './command-line.ts';
import { SynthesisFailed } from './synthesize.ts';

/** What a person can mend is its message; anything else is a defect, and its stack is needed. */
export function errorText(error: unknown): string {
  if (error instanceof UsageError || error instanceof LocalRuntimeError) return error.message;
  if (error instanceof SynthesisFailed) return `The CDK app failed:\n${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
