import { availableParallelism } from 'node:os';
import { parseOptions, UsageError, wholeNumber } from '../ops/command-line.ts';
import { type CommandContext, runCommand } from '../ops/run-command.ts';
import { batchSize, maximumConcurrency, requestsInFlight, type RoundKind, startBench } from './throughput-rounds.ts';

const helpText = `Compares two ways through the local SQS server, in messages a second:

  raw     an SDK client sends, receives and deletes
  mapped  the same client only sends; a mapping (batch ${batchSize}, maximum concurrency ${maximumConcurrency}) invokes a function that
          does nothing, and deletes

Usage: npm run bench:mapping -- [options]

  --messages N   messages of a round, a multiple of ${batchSize} (default 10,000)
  --rounds N     rounds of each kind, which take turns (default 5)
  --json         one JSON document on stdout and nothing else
  --help         this text

In both the client is a process of its own with batches of ${batchSize} and ${requestsInFlight} requests in flight, and the runtime is the
same process with the same listeners. All of it shares this machine's cores: in "raw" the client and the runtime, in
"mapped" the client, the runtime and ${maximumConcurrency} functions. A round counts from its first request until its last message is
deleted, and its queue must be empty afterwards. One round of each kind goes before and does not count. In "raw" the
client is the busiest process by far: it is the SDK that bounds that rate, as it would for any consumer of one's own.

Exit code: 0 when mapped reaches the bound, 1 when not, 2 for a mistake in the command line.
`;

/** What the mapping must reach at least, as a share of the raw rate. */
const bound = 0.6;

interface Options {
  readonly messages: number;
  readonly rounds: number;
  readonly json: boolean;
  readonly help: boolean;
}

interface Measured {
  readonly raw: readonly number[];
  readonly mapped: readonly number[];
}

function parse(): Options {
  const { messages, rounds, json, help } = parseOptions(process.argv.slice(2), {
    messages: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const count = wholeNumber('--messages', messages, batchSize, 1_000_000);
  if (count % batchSize !== 0) throw new UsageError(`--messages must be a multiple of ${batchSize}, not ${count}.`);
  return { messages: count, rounds: wholeNumber('--rounds', rounds, 1, 100), json, help };
}

async function compare(options: Options, { signal }: CommandContext): Promise<number> {
  const measured = await measure(options, signal);
  const raw = median(measured.raw);
  const mapped = median(measured.mapped);
  const ratio = mapped / raw;
  const passed = ratio >= bound;
  if (options.json) {
    const conditions = { messages: options.messages, batchSize, requestsInFlight, maximumConcurrency };
    const machine = { node: process.version, cores: availableParallelism() };
    const unit = 'messages per second';
    const document = {
      ...conditions,
      ...machine,
      unit,
      rounds: measured,
      median: { raw, mapped },
      ratio,
      bound,
      passed,
    };
    console.log(JSON.stringify(document, undefined, 2));
  } else {
    console.log(`median  raw ${perSecond(raw)}, mapped ${perSecond(mapped)}`);
    console.log(`ratio   ${ratio.toFixed(2)} (bound ${bound}: ${passed ? 'reached' : 'missed'})`);
  }
  return passed ? 0 : 1;
}

async function measure({ messages, rounds, json }: Options, signal: AbortSignal): Promise<Measured> {
  const measured: { raw: number[]; mapped: number[] } = { raw: [], mapped: [] };
  await using bench = await startBench(signal);
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of ['raw', 'mapped'] as const) {
      signal.throwIfAborted();
      const rate = await bench.run(kind, messages, json ? undefined : progress(kind));
      if (round > 0) measured[kind].push(rate);
      if (!json) console.log(`${round === 0 ? 'warm-up' : `round ${round}`}  ${kind.padEnd(6)} ${perSecond(rate)}`);
    }
  }
  return measured;
}

/** One line that rewrites itself, for people at a terminal only. */
function progress(kind: RoundKind): ((done: number, of: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  let shown = 0;
  return (done, of) => {
    const tenths = Math.floor((done / of) * 10);
    if (tenths === shown) return;
    shown = tenths;
    process.stderr.write(
      done === of ? '\r\u001B[K' : `\r\u001B[K${kind}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`,
    );
  };
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')} messages/s`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

await runCommand(helpText, parse, compare);
