import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { IamMode } from '../services/iam/authorizer.ts';
import { addAssemblyOptions, type AssemblyOptions, assemblySettings } from './assembly-options.ts';
import { assemblyFolder, explainError, serve } from './serve.ts';

/** What the command talks to, and what ends it. */
export interface CommandIo {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts when the command shall stop. */
  readonly signal: AbortSignal;
}

interface Options extends AssemblyOptions {
  readonly assembly: string;
  readonly port?: number;
  readonly apiPort?: number;
  readonly iam: IamMode;
  readonly shuffle?: number;
  readonly queueWaits: boolean;
  readonly watch: boolean;
  readonly quiet?: boolean;
}

const defaultPort = 4566;
const iamModes: readonly IamMode[] = ['enforce', 'audit', 'off'];
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/**
 * Runs `local-aws …` until `signal` aborts. Never throws: what goes wrong is a message on stderr and an exit code.
 *
 * @param args what stands behind `local-aws`
 * @returns the exit code: 0 stopped, 1 the assembly cannot run here, 2 a mistake in the command line
 */
export async function runLocalAws(args: readonly string[], io: CommandIo): Promise<number> {
  const { stdout, stderr, signal } = io;
  const program = createProgram(io).action(
    ({ port = defaultPort, apiPort, assembly, iam, shuffle, queueWaits, watch, quiet = false, ...others }: Options) => {
      const nextFreePort = program.getOptionValueSource('port') === undefined;
      const shuffleSeed = shuffle === undefined ? {} : { shuffleSeed: shuffle };
      const about = { source: assemblyFolder(assembly), port, nextFreePort, iam, queueWaits, watch, quiet };
      const apis = apiPort === undefined ? {} : { apiPort };
      return serve({ ...about, ...apis, ...assemblySettings(others), ...shuffleSeed }, stdout, signal);
    },
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // commander has said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    stderr.write(`${error === signal.reason ? 'Stopped before the end.' : explainError(error)}\n`);
    return exitCodes.failed;
  }
}

function createProgram({ stdout, stderr }: CommandIo): Command {
  const program = new Command('local-aws')
    .description(
      'Serves a synthesized CDK app on this machine until Ctrl-C: SQS, Lambda, DynamoDB, API Gateway, CloudWatch, CloudWatch Logs, ' +
        'CloudFormation and STS for the AWS CLI and SDKs, on 127.0.0.1 only.',
    )
    .version(version(), '--version')
    .option('--assembly <dir>', 'folder that "cdk synth" wrote', 'cdk.out');
  return addAssemblyOptions(program)
    .addOption(
      new Option(
        '--port <n>',
        `1 to 65,535 (default: ${defaultPort}, the next free one when it is taken); 0 for any free one`,
      ).argParser(wholeNumber(65_535)),
    )
    .addOption(
      new Option(
        '--api-port <n>',
        'port for HTTP APIs and function URLs (default: the first free one behind --port); 0 for any free one',
      ).argParser(wholeNumber(65_535)),
    )
    .addOption(
      new Option('--iam <mode>', 'deny what IAM denies, let it through and say so, or do not ask IAM')
        .choices(iamModes)
        .default('enforce'),
    )
    .addOption(
      new Option(
        '--shuffle <seed>',
        'hand out messages in arbitrary order, as AWS may; same seed, same order',
      ).argParser(wholeNumber(2 ** 31 - 1)),
    )
    .option('--no-queue-waits', 'purge a queue again, and use its name again, without the 60 seconds that AWS asks for')
    .option('--no-watch', 'do not reload when "cdk synth" has written the assembly anew')
    .option('--quiet', 'print what is served and what is wrong, but not what the app does')
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText(
      'after',
      `
Exit code: 0 stopped, 1 the assembly cannot run here, 2 a mistake in the command line; 130 after Ctrl-C.

Example: cdk synth && local-aws --port 5000`,
    );
}

function wholeNumber(maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${maximum.toLocaleString('en')}.`);
  };
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
