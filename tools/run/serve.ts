import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Command, Option } from 'commander';
import {
  addAssemblyOptions,
  assemblyFolder,
  type AssemblyOptions,
  assemblySettings,
  type AssemblySource,
  type EventStream,
  faultKinds,
  faultNames,
  Faults,
  type IamMode,
  planFaults,
  ProcessGuard,
  type Runtime,
  serve as serveAssembly,
} from 'local-aws';
import { isSchemaStale } from '../../shared/order/schema-version.ts';
import { announceRuntime, defaultLocalEndpoint } from '../orders/aws/local-runtime.ts';
import { wholeNumberOption } from '../orders/command-line.ts';
import { CommandFailed } from '../orders/errors.ts';
import { standingFolder } from '../orders/input/paths.ts';
import { maximumLocalSeed } from './local-pipeline.ts';
import { type CommandContext, errorText } from './run-command.ts';
import { addKnobs, isTurned, type Knobs, refuseOutOfRange } from './knobs.ts';
import {
  addChoice,
  contextOf,
  type PipelineChoice,
  type PipelineChoices,
  pipelineStackIn,
  stackOf,
  turnKnobs,
} from './pipeline-template.ts';
import { projectRoot, synthesize, TemporaryFolder } from './synthesize.ts';

/** Faults are rarer than in `npm run chaos`: a person watches, and no wait is skipped. */
const calm = 4;

/** `npm run local`: serves until interrupted. @returns the exit code */
export async function serve(options: ServeOptions, { signal }: CommandContext): Promise<number> {
  const { assembly, port = defaultPort, iam, shuffle, queueWaits, chaos, watch, quiet = false } = options;
  refuseOutOfRange(options);
  if (assembly === undefined) process.stdout.write(`Synthesizing the stack ${stackOf(options)} …\n`);
  const served = {
    // As seen from where npm was called, which is not always the project's folder.
    source:
      assembly === undefined
        ? synthesized(options, signal)
        : assemblyFolder(resolve(standingFolder(process.env), assembly)),
    ...assemblySettings(options),
    port,
    nextFreePort: options.port === undefined,
    iam,
    queueWaits,
    watch,
    quiet,
    explain: errorText,
    onReady: announced,
    ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
    ...(shuffle === undefined ? {} : { shuffleSeed: shuffle }),
    ...(chaos === undefined ? {} : withFaults(chaos)),
  };
  await serveAssembly(served, process.stdout, signal);
  return 0;
}

/** Lets `npx orders … --local` of this project find the runtime, until it ends, even by a `kill -9`. */
function announced({ endpoint: { url }, model }: Runtime): Disposable & { readonly lines: readonly string[] } {
  const guard = new ProcessGuard();
  guard.start();
  try {
    const file = announceRuntime({
      endpoint: url,
      processId: process.pid,
      stacks: model.stacks.map(({ name }) => name),
    });
    guard.removeAtEnd(file);
    const dispose = () => {
      rmSync(file, { force: true });
      guard.release();
    };
    const lines = url === defaultLocalEndpoint ? [] : ['In this folder, "npx orders … --local" finds it by itself.'];
    return { lines, [Symbol.dispose]: dispose };
  } catch (error) {
    const line = `"npx orders … --local" cannot find this runtime (${(error as Error).message}). Export the variable below.`;
    return { lines: [line], [Symbol.dispose]: () => guard.release() };
  }
}

function withFaults(seed: number) {
  const notice = [
    `Faults of seed ${seed} are injected on purpose; each is a line that begins with FAULT. They are, now and then:`,
    ...Object.entries(faultKinds).map(([name, { what }]) => `  ${name.padEnd(26)}${what}`),
  ].join('\n');
  return { notice, faults: (events: EventStream) => new Faults(planFaults(seed, faultNames, calm), events) };
}

/** What `npm run local -- …` was asked to do. */
interface ServeOptions extends AssemblyOptions, Knobs, PipelineChoice {
  /** Folder of a cloud assembly to serve; this project's own when undefined. */
  readonly assembly?: string;
  /** 0 lets the system choose. A port that was asked for is not replaced by another when it is taken. */
  readonly port?: number;
  /** Where HTTP APIs and function URLs are served. */
  readonly apiPort?: number;
  readonly iam: IamMode;
  /** Seed of the arbitrary order in which queues hand out messages; undefined: in the order they came. */
  readonly shuffle?: number;
  /** False: without AWS's 60 seconds between two purges, and before a queue's name is used again. */
  readonly queueWaits: boolean;
  /** Seed of the faults to inject; undefined: none. */
  readonly chaos?: number;
  readonly watch: boolean;
  /** Whether to leave out what the app does. */
  readonly quiet?: boolean;
}

const defaultPort = 4566;

/** @param choices names that `--preset`, `--stage` and `--with` may take */
export const defineServe = (choices: PipelineChoices) => (program: Command) =>
  addAssemblyOptions(
    addChoice(addKnobs(program, ['assembly']), choices, ['assembly'])
      .description(
        'Serves a synthesized CDK app on this machine until Ctrl-C: SQS, Lambda, DynamoDB, API Gateway, CloudWatch, ' +
          'CloudWatch Logs, CloudFormation and STS for the AWS CLI and SDKs, on 127.0.0.1 only.',
      )
      .option(
        '--assembly <dir>',
        'serve the cloud assembly in this folder (what "cdk synth" wrote) instead of this project\'s',
      ),
  )
    .option(
      '--port <n>',
      `1 to 65,535 (default: ${defaultPort}, the next free one when it is taken); 0 for any free one`,
      wholeNumberOption(0, 65_535),
    )
    .option(
      '--api-port <n>',
      'port for HTTP APIs and function URLs (default: the first free one behind --port); 0 for any free one',
      wholeNumberOption(0, 65_535),
    )
    .addOption(
      new Option('--iam <mode>', 'audit lets through what policies deny, but says so')
        .choices(['enforce', 'audit', 'off'] satisfies IamMode[])
        .default('enforce'),
    )
    .option(
      '--shuffle <seed>',
      'hand out messages in arbitrary order and portions, as AWS may; same seed, same order',
      wholeNumberOption(0, maximumLocalSeed),
    )
    .option(
      '--chaos <seed>',
      'inject faults, all kinds of them, and show each: functions killed, the table down, and more ' +
        '(docs/reliability.md); same seed, same faults',
      wholeNumberOption(0, maximumLocalSeed),
    )
    .option('--no-queue-waits', 'purge a queue again, and use its name again, without the 60 seconds that AWS asks for')
    .option('--no-watch', 'do not reload when a source file changes')
    .option('--quiet', 'print what is served and what is wrong, but not what the app does')
    .addHelpText('after', '\nExample: npm run local -- --port 5000 --preset lab');

/** What the CDK app is made of: a change in any of these asks for a new synthesis. */
const sources = ['bin/app.ts', 'cdk.json', 'lib', 'lambdas', 'shared'];

/** The files that `npm run generate` makes of the schema and of the example. */
class OrderFiles {
  readonly #sources = ['order.schema.json', 'example-order.ts'].map((name) => join(projectRoot, 'shared/order', name));
  #made = isSchemaStale() ? undefined : this.#now();

  /**
   * Makes them anew when the schema or the example has changed, in a process of its own, which reads the example anew.
   *
   * @throws {CommandFailed} with the sentence on what is wrong with the schema
   */
  async renew(signal: AbortSignal): Promise<void> {
    const now = this.#now();
    if (now === this.#made) return;
    const { stdout, stderr } = await runFile(process.execPath, ['bin/generate.ts'], { cwd: projectRoot, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw new CommandFailed((error as { readonly stderr?: string }).stderr?.trim() || String(error));
      },
    );
    this.#made = now;
    process.stdout.write(stdout + stderr);
  }

  #now(): string {
    return this.#sources.map((path) => readFileSync(path, 'utf8')).join();
  }
}

const runFile = promisify(execFile);

/** The project's own assembly, synthesized anew after each change of its sources. */
function synthesized(options: PipelineChoice & Knobs, signal: AbortSignal): AssemblySource {
  const orderFiles = new OrderFiles();
  return {
    watched: sources.map((source) => join(projectRoot, source)),
    unwatched: /\.generated\./,
    async provide(use) {
      await orderFiles.renew(signal);
      using folder = new TemporaryFolder();
      const warnings = await synthesize({ outputDirectory: folder.path, context: contextOf(options), signal });
      for (const warning of warnings) process.stderr.write(`${warning}\n`);
      if (isTurned(options)) turnKnobs(pipelineStackIn(folder.path, stackOf(options)), options);
      return await use(folder.path);
    },
  };
}
