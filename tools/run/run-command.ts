import { LocalRuntimeError } from 'local-aws';
import { UsageError } from '../orders/errors.ts';
import { Interrupted, listenForInterrupt, PipeClosed } from '../orders/interrupt.ts';
import { SynthesisFailed } from './synthesize.ts';

/** What a command gets beside its options. */
export interface CommandContext {
  /** Aborts when the command shall stop: release everything and return. */
  readonly signal: AbortSignal;
}

/**
 * The one boundary of every command: turns options, errors and interruptions into text and an exit code. A mistake in
 * the command line is one line and 2; what a person can mend is its message and 1; anything else is a defect, and its
 * stack is printed.
 */
export async function runCommand<Options extends { readonly help: boolean }>(
  helpText: string,
  parse: () => Options,
  command: (options: Options, context: CommandContext) => Promise<number>,
): Promise<void> {
  const interrupt = listenForInterrupt();
  let exitCode: number;
  try {
    const options = parse();
    if (options.help) process.stdout.write(helpText);
    exitCode = options.help ? 0 : await command(options, { signal: interrupt.signal });
  } catch (error) {
    exitCode = error instanceof UsageError ? 2 : 1;
    if (!(error instanceof PipeClosed))
      process.stderr.write(`${error instanceof Interrupted ? 'Stopped before the end.' : errorText(error)}\n`);
  }
  interrupt.dispose();
  process.exitCode = interrupt.exitCode() ?? exitCode;
}

/** What a person can mend is its message; anything else is a defect, and its stack is needed. */
export function errorText(error: unknown): string {
  if (error instanceof UsageError || error instanceof LocalRuntimeError) return error.message;
  if (error instanceof SynthesisFailed) return `The CDK app failed:\n${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
