import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RuntimeOptions } from '../runtime.ts';

/** Options that say what of an assembly is served, and what the account has beside it, as commander gives them. */
export interface AssemblyOptions {
  readonly stack?: readonly string[];
  readonly skip?: readonly string[];
  readonly parameter?: Values;
  readonly export?: Values;
  readonly queue?: readonly string[];
}

/** Values by their names. */
type Values = Readonly<Record<string, string>>;

/** Adds the options to a command. Each can be given several times. */
export function addAssemblyOptions(program: Command): Command {
  return program
    .option(
      '--stack <name...>',
      'only these stacks of the assembly (NAME, STAGE/NAME, or a pattern: STAGE/*), and those they depend on',
    )
    .option(
      '--skip <name...>',
      'leave out what cannot run here: TYPE, LOGICAL-ID, or TYPE.PROPERTY; the start says what that means',
    )
    .addOption(
      new Option(
        '--parameter <name=value...>',
        'value of a template parameter (NAME, STACK:NAME), or of a parameter in Systems Manager (/path/name)',
      ).argParser(namedValue),
    )
    .addOption(
      new Option('--export <name=value...>', 'value of an export of a stack that is not in the app').argParser(
        namedValue,
      ),
    )
    .option(
      '--queue <name...>',
      'a queue that the account has beside those of the app: its name or ARN, and attributes: jobs,VisibilityTimeout=180',
    );
}

function namedValue(text: string, former: Values = {}): Values {
  const at = text.indexOf('=');
  if (at > 0) return { ...former, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('It must be NAME=VALUE.');
}

/** The options as `startRuntime` and `serve` take them. */
export function assemblySettings({
  stack,
  skip,
  parameter,
  export: exports,
  queue,
}: AssemblyOptions): Pick<RuntimeOptions, 'stacks' | 'skip' | 'parameters' | 'exports' | 'queues'> {
  return {
    ...(stack && { stacks: stack }),
    ...(skip && { skip }),
    ...(parameter && { parameters: parameter }),
    ...(exports && { exports }),
    ...(queue && { queues: queue }),
  };
}
