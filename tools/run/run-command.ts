import type { Command } from 'commander';
import { LocalRuntimeError, systemError, systemRemedyIn } from 'local-aws';
import * as commandLine from '../orders/command-line.ts';
import { CommandFailed } from '../orders/errors.ts';
import { listenForInterrupt } from '../orders/interrupt.ts';
import { refuseOptionsOfNpm } from '../orders/npm-options.ts';
import { SynthesisFailed } from './synthesize.ts';

/** What a command gets beside its options. */
export interface CommandContext {
  /** Aborts when the command shall stop: release everything and return. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command of npm as this process: turns its options, errors and interruptions into text and an exit code, which
 * are those of the `orders` command, too.
 * @param name as a person types it: `npm start --`
 * @param define describes the command and its options
 * @param command answers the exit code
 */
// The command knows what commander hands over untyped.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export async function runCommand<Options extends object>(
  name: string,
  define: (program: Command) => Command,
  command: (options: Options, context: CommandContext) => Promise<number>,
): Promise<void> {
  commandLine.endOnStrayError(errorText);
  const interrupt = listenForInterrupt();
  let exitCode: number = commandLine.exitCodes.done;
  const program = define(commandLine.createProgram(name, process)).action(async (options: Options) => {
    try {
      exitCode = await command(options, { signal: interrupt.signal });
    } catch (error) {
      throw explained(error);
    }
  });
  const args = process.argv.slice(2);
  const check = () => refuseOptionsOfNpm(scriptOf(name), program, args, process.env);
  exitCode = (await commandLine.runProgram(program, args, process.stderr, check)) ?? exitCode;
  interrupt.dispose();
  process.exitCode = interrupt.exitCode() ?? exitCode;
}

/** `npm run chaos --` → `chaos` */
function scriptOf(name: string): string {
  return name.replace(/^npm (run )?/, '').replace(/ --$/, '');
}

/** An error of a command in words: what a person can mend is its message, anything else its stack. */
export function errorText(error: unknown): string {
  return commandLine.errorText(explained(error));
}

function explained(given: unknown): unknown {
  const error = systemError(given) ?? given;
  if (error instanceof LocalRuntimeError) return new CommandFailed(error.message);
  if (error instanceof SynthesisFailed) {
    const remedy = systemRemedyIn(error.message);
    return new CommandFailed(`The CDK app failed:\n${error.message}${remedy === undefined ? '' : `\n${remedy}`}`);
  }
  return error;
}
