import { maximumChaosSeed } from '../chaos/options.ts';
import { oneOf, parseOptions, UsageError, wholeNumber } from '../command-line.ts';

/** What `npm run local -- …` was asked to do. */
export interface ServeOptions {
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
