import { Readable } from 'node:stream';
import { type Clock, systemClock } from 'local-aws';
import type { OrdersIo } from '../../../tools/orders/io.ts';
import { stages } from '../../../lib/configuration/stages.ts';
import { runOrders } from '../../../tools/orders/program.ts';

export interface OrdersRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface OrdersSurroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in by stdin, as a whole or in pieces. */
  readonly stdin?: string | Iterable<string | Uint8Array>;
  /** Answers to questions: makes stdin and stderr a terminal. */
  readonly answer?: string;
  readonly signal?: AbortSignal;
  /** Characters of a line of the terminal; without it, stdout is a pipe. */
  readonly columns?: number;
  readonly clock?: Clock;
  /** Gets all that is on stdout so far. */
  readonly onStdout?: (text: string) => unknown;
}

/** Comes after a second of real time: on a busy machine, in any command. */
const progressLine = /^\d+ s {2}.*\n/gm;

/** What a command sees of the world, and what it has written so far, without lines of progress. */
export function ordersIo(surroundings: OrdersSurroundings = {}): {
  readonly io: OrdersIo;
  readonly written: () => Omit<OrdersRun, 'exitCode'>;
} {
  const {
    env = {},
    stdin = '',
    answer,
    signal = new AbortController().signal,
    clock = systemClock,
    columns,
  } = surroundings;
  let stdout = '';
  let stderr = '';
  const terminal = answer !== undefined;
  const io: OrdersIo = {
    stdout: {
      ...(columns !== undefined && { columns }),
      write(text) {
        stdout += text;
        surroundings.onStdout?.(stdout);
      },
    },
    stderr: { write: (text) => void (stderr += text), isTTY: terminal },
    stdin: Object.assign(Readable.from(terminal ? [`${answer}\n`] : typeof stdin === 'string' ? [stdin] : stdin), {
      isTTY: terminal,
    }),
    env,
    clock,
    random: () => 0.5,
    user: 'ada',
    signal,
  };
  return { io, written: () => ({ stdout, stderr: stderr.replaceAll(progressLine, '') }) };
}

/** Runs `orders …` in this process, and collects what it writes. */
export async function orders(args: readonly string[], surroundings: OrdersSurroundings = {}): Promise<OrdersRun> {
  const { io, written } = ordersIo(surroundings);
  const exitCode = await runOrders(args, io, stages);
  return { exitCode, ...written() };
}

/** The one document of `--json`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function documentOf<Document>({ stdout }: OrdersRun): Document {
  return JSON.parse(stdout) as Document;
}

/** The documents of a stream, one a line. */
export function documentsOf<Document>({ stdout }: OrdersRun): Document[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Document);
}
