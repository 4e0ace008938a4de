import { Option } from 'commander';
import { stackNameOf } from '../../shared/pipeline.ts';
import { createProgram, exitCodes, runProgram, searchedText } from './command-line.ts';
import type { Target } from './aws/clients.ts';
import { credentialsText } from './aws/credentials.ts';
import { badEndpointText, endpointSources, proxyOf, refuseLocalAddress } from './aws/endpoint.ts';
import { announcedEndpoints } from './aws/local-runtime.ts';
import { unknownProfileText } from './aws/profile-mistakes.ts';
import { defineCheck } from './commands/check.ts';
import { defineDoctor } from './commands/doctor.ts';
import { defineEdit } from './commands/edit.ts';
import { defineExample } from './commands/example.ts';
import { defineFailed } from './commands/failed.ts';
import { defineGenerate } from './commands/generate.ts';
import { defineLogs } from './commands/logs.ts';
import { defineMail } from './commands/mail.ts';
import { definePatch } from './commands/patch.ts';
import { definePurge } from './commands/purge.ts';
import { defineReplay } from './commands/replay.ts';
import { defineSend } from './commands/send.ts';
import { defineShow } from './commands/show.ts';
import { defineSmoke } from './commands/smoke.ts';
import { defineStatus } from './commands/status.ts';
import { createContext, type OrdersContext, type Run, type SharedOptions } from './context.ts';
import { CommandFailed, UsageError } from './errors.ts';
import type { OrdersIo } from './io.ts';
import { refuseOptionsOfNpm } from './npm-options.ts';
import { printableLines } from './terminal/output.ts';

const commands = [
  defineGenerate,
  defineSend,
  defineExample,
  defineStatus,
  defineSmoke,
  defineDoctor,
  defineLogs,
  defineMail,
  defineFailed,
  defineShow,
  defineCheck,
  defineEdit,
  definePatch,
  defineReplay,
  definePurge,
];

/**
 * Runs `orders …`. It never throws: what goes wrong becomes one message on stderr and an exit code.
 * @param args what stands behind `orders`
 * @param stages that `--stage` may name, each with its region if it has one
 * @returns the exit code: 0, 1 or 2
 */
export async function runOrders(
  args: readonly string[],
  io: OrdersIo,
  stages: Readonly<Record<string, { readonly region?: string }>>,
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = createProgram('orders', io)
    .description(
      'Looks after the order pipeline: sends orders, shows what became of them, mends and replays what failed.',
    )
    .option('--json', 'one JSON document, or one a line, on stdout and nothing else')
    .addOption(new Option('--stage <name>', 'the pipeline of this stage').choices(Object.keys(stages)))
    .addOption(
      new Option('--stack <name>', `name of the CloudFormation stack (default: ${stackNameOf()})`)
        .argParser(searchedText)
        .conflicts('stage'),
    )
    .option('--region <name>', 'AWS region (default: of the stage, or else as for the AWS CLI)')
    .option('--local', 'this machine: AWS_ENDPOINT_URL, or else where "npm run local" of this project listens')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      `
Without --local, the pipeline on AWS that your credentials and region lead to.
Exit code: 0 all done, 1 something failed or was left undone, 2 a mistake in the command line.

Example: orders failed --local`,
    );
  const run: Run = async (action) => {
    const options = program.opts<SharedOptions>();
    using context = createContext(io, options, stages[options.stage ?? '']?.region);
    try {
      exitCode = await action(context);
    } catch (error) {
      throw explained(error, context);
    }
  };
  for (const define of commands) define(program, run);
  const script = args[0] === 'smoke' && io.env['npm_lifecycle_event'] === 'smoke' ? 'smoke' : 'orders';
  const check = () => {
    refuseOptionsOfNpm(script, program, args, io.env);
    refuseLocalAddress(args);
  };
  // What an error says may quote an order.
  return (await runProgram(program, args, io.stderr, check, printableLines)) ?? exitCode;
}

/** An error that a person can mend, in words; any other as it is. */
function explained(error: unknown, { clients, target, io: { env } }: OrdersContext): unknown {
  if (!(error instanceof Error) || error instanceof UsageError || error instanceof CommandFailed) return error;
  const credentials = credentialsText(error, env, target.region, clients.noCredentialsBecause());
  if (credentials !== undefined) return new CommandFailed(credentials);
  // The SDK looks for a region in many places, and says so only when it needs one.
  if (error.message === 'Region is missing') {
    const unknownProfile = unknownProfileText(env);
    return new UsageError(unknownProfile ?? 'There is no AWS region: add --region, or set AWS_REGION.');
  }
  const { code, address, port, input } = connectionError(error);
  const proxy = target.endpoint === undefined ? proxyOf(env) : undefined;
  if (proxy !== undefined && proxy.port === String(port) && clients.asked() === undefined) {
    return new CommandFailed(
      `AWS cannot be reached through the proxy ${proxy.host} of HTTPS_PROXY: ${error.message || code}.`,
    );
  }
  if (code === 'EPROTO' && /wrong version number/.test(error.message)) {
    return new CommandFailed(
      `${clients.asked() ?? 'The endpoint'} does not speak TLS: its address begins with http://, not https://. ` +
        `It comes from ${endpointSources}.`,
    );
  }
  if (code === 'ECONNREFUSED') {
    return new CommandFailed(
      `Nothing answers at ${address}:${port}: start the pipeline with "npm run local", or check ${endpointSources}.` +
        (port === 80 ? ' An address without a port is asked at port 80: add the port, such as :4566.' : '') +
        (address === '::1'
          ? ' Write 127.0.0.1 instead of localhost or [::1]: "npm run local" listens on IPv4 only.'
          : '') +
        announcedEndpoints()
          .map((endpoint) => ` A runtime of this project is at ${endpoint}.`)
          .join(''),
    );
  }
  if (code === 'ERR_INVALID_URL') return new UsageError(badEndpointText(String(input)));
  if (code !== undefined && unreachable.has(code))
    return new CommandFailed(
      `${clients.asked() ?? 'AWS'} cannot be reached: ${error.message}.${regionHint(code, target)}`,
    );
  // What an AWS service answered says what is wrong; where in the SDK the error surfaced helps nobody.
  return '$metadata' in error ? new CommandFailed(`${error.name}: ${error.message}`) : error;
}

const unreachable = new Set(['EADDRNOTAVAIL', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'ETIMEDOUT']);

/** A host of AWS that does not exist has the name of a region that does not exist. */
function regionHint(code: string, { region, endpoint }: Target): string {
  return code === 'ENOTFOUND' && region !== undefined && endpoint === undefined ? ` Is ${region} an AWS region?` : '';
}

type ConnectionError = Pick<NodeJS.ErrnoException, 'code'> & {
  readonly address?: string;
  readonly port?: number;
  /** What is no URL. */
  readonly input?: string;
};

/** The error of the first address that was tried, where a name has several. */
function connectionError(error: Error): ConnectionError {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first : error) as ConnectionError;
}
