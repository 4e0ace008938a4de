import {
  type Clients,
  createClients,
  describeTarget,
  type Target,
  targetOf,
  type TargetOptions,
} from './aws/clients.ts';
import type { HttpDoor } from './aws/http-door.ts';
import { defaultLocalEndpoint, findLocalRuntime } from './aws/local-runtime.ts';
import type { SendQueue } from './aws/send.ts';
import { readStackOutputs, type StackOutputs } from './aws/stack.ts';
import { CommandFailed } from './errors.ts';
import type { OrdersIo } from './io.ts';
import type { TableConnection } from './ledger/table.ts';
import { type Paint, painter, write } from './terminal/output.ts';
import { type Hint, hintFor } from './terminal/shell.ts';

/** Options that every command takes. */
export interface SharedOptions extends TargetOptions {
  readonly json?: boolean;
}

/** What a command works with: the outside world, and the pipeline that its options name. */
export interface OrdersContext extends Disposable {
  readonly io: OrdersIo;
  /** One JSON document, or one a line, on stdout and nothing else. */
  readonly json: boolean;
  readonly paint: Paint;
  readonly target: Target;
  /** The target in words. Names an endpoint of a profile once that was asked. */
  readonly where: string;
  readonly clients: Clients;
  /** Command lines for this pipeline, to be pasted. */
  readonly hint: Hint;
  /** Looked up once, when first needed. */
  outputs(): Promise<StackOutputs>;
  table(): Promise<TableConnection>;
  ordersQueue(): Promise<SendQueue>;
  /** @throws {CommandFailed} for a pipeline without an HTTP door */
  httpDoor(): Promise<HttpDoor>;
  /** Writes lines for a person to stdout. */
  print(...lines: readonly string[]): Promise<void>;
  /** Writes one document to stdout, indented, or as a line of a stream. */
  printJson(document: unknown, layout?: 'indented' | 'line'): Promise<void>;
}

/** Runs a command's action within its context. The action answers the exit code. */
export type Run = (action: (context: OrdersContext) => Promise<number>) => Promise<void>;

/**
 * Makes the context of one command. AWS is asked only when something of it is needed.
 *
 * @param regionOfStage where the stage of the options is, unless they name a region
 * @throws {UsageError} for options that contradict each other
 */
export function createContext(io: OrdersIo, options: SharedOptions, regionOfStage?: string): OrdersContext {
  const { clock, random } = io;
  const { region = regionOfStage } = options;
  const target = targetOf({ ...options, ...(region !== undefined && { region }) }, io.env, async (stack) => {
    const endpoint = await findLocalRuntime(stack);
    if (endpoint !== defaultLocalEndpoint) io.stderr.write(`The pipeline of this project is at ${endpoint}.\n`);
    return endpoint;
  });
  const clients = createClients(target, io.env, (sentence) => void io.stderr.write(`${sentence}\n`));
  let outputs: Promise<StackOutputs> | undefined;
  const context: OrdersContext = {
    io,
    json: options.json === true,
    paint: painter(io.stdout, io.env),
    target,
    get where() {
      return describeTarget(target, clients.asked());
    },
    clients,
    hint: hintFor(options),
    outputs: () => (outputs ??= readStackOutputs(clients.cloudFormation, target.stack, () => context.where)),
    async table() {
      const { ordersTableName: name } = await context.outputs();
      return { client: clients.dynamodb, name, clock, random };
    },
    async ordersQueue() {
      const { ordersQueueUrl: url } = await context.outputs();
      return { client: clients.sqs, url, clock, random };
    },
    async httpDoor() {
      const { ordersApiUrl: url } = await context.outputs();
      if (url === undefined) {
        throw new CommandFailed(
          `The ${context.where} has no HTTP door: deploy it with -c http=true, or serve it by "npm run local -- --with http".`,
        );
      }
      const { signer, agent } = clients;
      return { url, signer, agent, token: io.env['ORDERS_TOKEN'], clock, random, signal: io.signal };
    },
    print: (...lines) => write(io.stdout, lines.map((line) => `${line}\n`).join('')),
    printJson: (document, layout = 'indented') =>
      write(io.stdout, `${JSON.stringify(document, undefined, layout === 'line' ? 0 : 2)}\n`),
    [Symbol.dispose]: () => clients[Symbol.dispose](),
  };
  return context;
}
