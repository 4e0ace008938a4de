import { join, resolve } from 'node:path';
import {
  assemblyFolder,
  type AssemblySource,
  type EventStream,
  faultKinds,
  faultNames,
  Faults,
  planFaults,
  serve as serveAssembly,
} from 'local-aws';
import { maximumChaosSeed } from '../../chaos/chaos.ts';
import { oneOf, parseOptions, UsageError, wholeNumber } from '../../orders/errors.ts';
import { type CommandContext, errorText } from '../run-command.ts';
import { projectRoot, synthesize, TemporaryFolder } from '../synthesize.ts';

/** Rarer than in `npm run chaos`: somebody watches, and waits are waited. */
const calm = 4;

/** `npm run local`: serves until interrupted. @returns the exit code */
export async function serve(options: ServeOptions, { signal }: CommandContext): Promise<number> {
  const { assembly, preset, port, nextFreePort, iam, shuffle, chaos, watch } = options;
  if (assembly === undefined) process.stdout.write(`Synthesizing the stack with the ${preset} preset …\n`);
  const served = {
    // As seen from where npm was called, which is not always the project's folder.
    source:
      assembly === undefined
        ? synthesized(preset, signal)
        : assemblyFolder(resolve(process.env['INIT_CWD'] ?? '.', assembly)),
    port,
    nextFreePort,
    iam,
    watch,
    explain: errorText,
    ...(shuffle === undefined ? {} : { shuffleSeed: shuffle }),
    ...(chaos === undefined ? {} : withFaults(chaos)),
  };
  await serveAssembly(served, process.stdout, signal);
  return 0;
}

function withFaults(seed: number) {
  const notice = [
    `Faults of seed ${seed} are injected on purpose; each is a line that begins with FAULT. They are, now and then:`,
    ...Object.entries(faultKinds).map(([name, { what }]) => `  ${name.padEnd(26)}${what}`),
  ].join('\n');
  return { notice, faults: (events: EventStream) => new Faults(planFaults(seed, faultNames, calm), events) };
}

/** What `npm run local -- …` was asked to do. */
interface ServeOptions {
  /** Folder of a cloud assembly to serve; this project's own when undefined. */
  readonly assembly?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** False when the port was asked for by name: then a taken port is an error, not a reason to take another. */
  readonly nextFreePort: boolean;
  readonly preset: string;
  readonly iam: 'enforce' | 'audit' | 'off';
  /** Seed of the arbitrary order in which queues hand out messages; undefined: in the order they came. */
  readonly shuffle?: number;
  /** Seed of the faults to inject; undefined: none. */
  readonly chaos?: number;
  readonly watch: boolean;
  readonly help: boolean;
}

const defaultPort = 4566;
const defaultPreset = 'production';

export const helpText = `Serves a synthesized CDK app on this machine until Ctrl-C: SQS, Lambda, DynamoDB,
CloudWatch, CloudWatch Logs, CloudFormation and STS for the AWS CLI and SDKs, on 127.0.0.1 only.

Usage: npm run local -- [options]

  --assembly DIR    serve the cloud assembly in DIR (what "cdk synth" wrote) instead of this project's
  --port N          1 to 65,535 (default ${defaultPort}, the next free one when it is taken); 0 for any free one
  --preset NAME     production (default) or lab, for this project's own stack
  --iam MODE        enforce (default), audit (let through, but say so) or off
  --shuffle SEED    hand out messages in arbitrary order and portions, as AWS may; same seed, same order
  --chaos SEED      inject faults, all kinds of them, and show each: functions killed, the table down, and more
                    (docs/reliability.md); same seed, same faults
  --no-watch        do not reload when a source file changes
  --help            this text

Example: npm run local -- --port 5000 --preset lab
`;

const definitions = {
  assembly: { type: 'string' },
  port: { type: 'string' },
  preset: { type: 'string' },
  iam: { type: 'string', default: 'enforce' },
  shuffle: { type: 'string' },
  chaos: { type: 'string' },
  'no-watch': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws {UsageError} for an unknown option or a value out of range */
export function parseServeOptions(args: readonly string[], presets: readonly string[]): ServeOptions {
  const { assembly, port, preset, iam, shuffle, chaos, 'no-watch': noWatch, help } = parseOptions(args, definitions);
  if (assembly !== undefined && preset !== undefined) {
    throw new UsageError("--preset is for this project's own stack: leave out --preset or --assembly.");
  }
  return {
    ...(assembly === undefined ? {} : { assembly }),
    port: port === undefined ? defaultPort : wholeNumber('--port', port, 0, 65_535),
    nextFreePort: port === undefined,
    preset: oneOf('--preset', preset ?? defaultPreset, presets),
    iam: oneOf('--iam', iam, ['enforce', 'audit', 'off']),
    ...(shuffle === undefined ? {} : { shuffle: wholeNumber('--shuffle', shuffle, 0, 2 ** 31 - 1) }),
    ...(chaos === undefined ? {} : { chaos: wholeNumber('--chaos', chaos, 0, maximumChaosSeed) }),
    watch: !noWatch,
    help,
  };
}

/** What the CDK app is made of: a change in any of these asks for a new synthesis. */
const sources = ['bin/app.ts', 'cdk.json', 'lib', 'lambdas', 'shared'];

/** The project's own assembly, synthesized anew after each change of its sources. */
function synthesized(preset: string, signal: AbortSignal): AssemblySource {
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
