import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type ConsoleLabels,
  consoleLabels,
  EventStream,
  faultKinds,
  faultNames,
  Faults,
  type IamMode,
  planFaults,
  renderEvent,
  type Runtime,
  startRuntime,
} from 'local-aws';
import { wholeNumberOption } from '../../orders/command-line.ts';
import { maximumLocalSeed } from '../local-pipeline.ts';
import { type CommandContext, errorText } from '../run-command.ts';
import { projectRoot, synthesize, TemporaryFolder } from '../synthesize.ts';
import { Changes } from './watch.ts';

/** Rarer than in `npm run chaos`: somebody watches, and waits are waited. */
const calm = 4;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** `npm run local`: serves until interrupted. @returns the exit code */
export async function serve(options: ServeOptions, { signal }: CommandContext): Promise<number> {
  const color = process.stdout.isTTY && process.stdout.hasColors();
  const events = new EventStream();
  let labels: ConsoleLabels = { functionLabel: (name) => name, queueLabel: (name) => name };
  events.subscribe((event) => {
    const line = renderEvent(event, { color, ...labels });
    if (line !== undefined) say(line);
  });

  if (options.assembly === undefined) say(`Synthesizing the stack with the ${options.preset} preset …`);
  const source = assemblySource(options, signal);
  // From before the assembly is made: a file saved meanwhile is not missed.
  using changes = new Changes(options.watch ? source.watched : []);
  await using runtime = await source.provide((assembly) => startServing(assembly, options, events));
  labels = consoleLabels(runtime.model);
  signal.throwIfAborted();
  if (options.chaos !== undefined) say(chaosNotice(options.chaos));
  say(`ready ${runtime.endpoint.url}\n${instructions(runtime)}`);

  const reload = async () => {
    const startedAtMs = Date.now();
    try {
      await source.provide((assembly) => runtime.reload(assembly));
      labels = consoleLabels(runtime.model);
      say(`Reloaded in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    } catch (error) {
      if (!signal.aborted) say(`Not reloaded, the former version goes on serving.\n${errorText(error)}`);
    }
  };
  await changes.forEach(reload, signal);
  say('Stopping …');
  return 0;
}

function startServing(assembly: string, options: ServeOptions, events: EventStream): Promise<Runtime> {
  const { port = defaultPort, iam, shuffle, chaos } = options;
  return startRuntime({
    assembly,
    events,
    port,
    nextFreePort: options.port === undefined,
    iam,
    ...(shuffle === undefined ? {} : { shuffleSeed: shuffle }),
    ...(chaos === undefined ? {} : { faults: new Faults(planFaults(chaos, faultNames, calm), events) }),
  });
}

function chaosNotice(seed: number): string {
  return [
    `Faults of seed ${seed} are injected on purpose; each is a line that begins with FAULT. They are, now and then:`,
    ...Object.entries(faultKinds).map(([name, { what }]) => `  ${name.padEnd(26)}${what}`),
  ].join('\n');
}

/** What `npm run local -- …` was asked to do. */
interface ServeOptions {
  /** Folder of a cloud assembly to serve; this project's own when undefined. */
  readonly assembly?: string;
  /** 0 lets the system choose. A port that was asked for is not replaced by another when it is taken. */
  readonly port?: number;
  readonly preset: string;
  readonly iam: IamMode;
  /** Seed of the arbitrary order in which queues hand out messages; undefined: in the order they came. */
  readonly shuffle?: number;
  /** Seed of the faults to inject; undefined: none. */
  readonly chaos?: number;
  readonly watch: boolean;
}

const defaultPort = 4566;

/** @param presets names that `--preset` may take */
export const defineServe = (presets: readonly string[]) => (program: Command) =>
  program
    .description(
      'Serves a synthesized CDK app on this machine until Ctrl-C: SQS, Lambda, DynamoDB, CloudWatch, CloudWatch Logs, ' +
        'CloudFormation and STS for the AWS CLI and SDKs, on 127.0.0.1 only.',
    )
    .option(
      '--assembly <dir>',
      'serve the cloud assembly in this folder (what "cdk synth" wrote) instead of this project\'s',
    )
    .option(
      '--port <n>',
      `1 to 65,535 (default: ${defaultPort}, the next free one when it is taken); 0 for any free one`,
      wholeNumberOption(0, 65_535),
    )
    .addOption(
      new Option('--preset <name>', "for this project's own stack")
        .choices(presets)
        .default('production')
        .conflicts('assembly'),
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
    .option('--no-watch', 'do not reload when a source file changes')
    .addHelpText('after', '\nExample: npm run local -- --port 5000 --preset lab');

/** What the CDK app is made of: a change in any of these asks for a new synthesis. */
const sources = ['bin/app.ts', 'cdk.json', 'lib', 'lambdas', 'shared'];

/** Where the cloud assembly comes from. */
interface AssemblySource {
  /** Files and folders whose changes make another assembly. */
  readonly watched: readonly string[];
  /** Calls `use` with the folder of the assembly, which may be gone once `use` has settled. */
  provide<Result>(use: (directory: string) => Promise<Result>): Promise<Result>;
}

/** An assembly that is there already is used as it is; without one, the project's own is synthesized each time. */
function assemblySource({ assembly, preset }: ServeOptions, signal: AbortSignal): AssemblySource {
  if (assembly !== undefined) {
    // As seen from where npm was called, which is not always the project's folder.
    const directory = resolve(process.env['INIT_CWD'] ?? '.', assembly);
    return { watched: [join(directory, 'manifest.json')], provide: (use) => use(directory) };
  }
  return {
    watched: sources.map((source) => join(projectRoot, source)),
    async provide(use) {
      using folder = new TemporaryFolder();
      const warnings = await synthesize({ outputDirectory: folder.path, context: { preset }, signal });
      for (const warning of warnings) process.stderr.write(`${warning}\n`);
      return await use(folder.path);
    },
  };
}

/** What someone at another terminal needs: the variables to export, and what there is. */
export function instructions({ endpoint, model }: Pick<Runtime, 'endpoint' | 'model'>): string {
  const { region } = model;
  return [
    'For the AWS CLI and SDKs, in another terminal:',
    `  export AWS_ENDPOINT_URL=${endpoint.url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...model.functions.map(({ name }) => `  function  ${name}`),
    ...model.queues.map(({ name }) => `  queue     ${endpoint.url}/${model.accountId}/${name}`),
    ...model.tables.map(({ name }) => `  table     ${name}`),
    ...skipped(model),
    'Ctrl-C stops it.',
  ].join('\n');
}

function skipped({ skipped: resources }: Runtime['model']): string[] {
  if (resources.length === 0) return [];
  const types = [...new Set(resources.map(({ type }) => type))].toSorted();
  return [`  without meaning here, skipped: ${types.join(', ')}`];
}
