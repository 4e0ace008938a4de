import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { ForwardedAnswer, ForwardedOperation, JsonObject, RpcService } from '../endpoint/service.ts';
import type { EventStream } from '../events.ts';
import type { TableModel } from '../model.ts';
import { ProcessGuard } from '../process-guard.ts';
import { createTableInput } from './create-table.ts';
import { DynaliteProcess } from './dynalite-process.ts';
import { dynamodbError } from './error-codes.ts';
import { Forwarder } from './forwarder.ts';
import { operationNames, type OperationName, permissionsOf } from './permissions.ts';
import { tableChange } from './table-change.ts';
import { refuseUnsupported } from './unsupported-parameters.ts';

export interface DynamodbServiceOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly accountId: string;
  /** Folder for the socket of the tables' process; nobody else may enter it. */
  readonly directory: string;
}

/**
 * DynamoDB: dynalite in a process of its own, started with the first table or the first call. It listens on a Unix
 * socket, which no web page and no other user can reach; clients come by way of the endpoint, which asks IAM.
 */
export class DynamodbService {
  readonly rpc: RpcService;
  readonly #options: DynamodbServiceOptions;
  readonly #guard = new ProcessGuard();
  readonly #forwarder: Forwarder;
  readonly #socketPath: string;
  #process: Promise<DynaliteProcess> | undefined;
  /** The tables of templates so far, by name. */
  readonly #tables = new Map<string, TableModel>();

  constructor(options: DynamodbServiceOptions) {
    this.#options = options;
    this.#socketPath = join(options.directory, 'dynamodb.sock');
    this.#forwarder = new Forwarder(this.#socketPath);
    this.rpc = {
      signingName: 'dynamodb',
      targetPrefix: 'DynamoDB_20120810',
      errorNamespace: 'com.amazon.coral.service',
      operations: {},
      forwarded: Object.fromEntries(operationNames.map((name) => [name, this.#operation(name)])),
    };
  }

  /**
   * Creates the tables that are not there yet, empty. Tables that are there keep their items, those that are in the
   * template no more too, as with the CDK's default removal policy.
   *
   * @throws {LocalRuntimeError} when a table changed in a way it cannot follow, before anything is created
   */
  async update(tables: readonly TableModel[]): Promise<void> {
    for (const table of tables) refuseChange(this.#tables.get(table.name), table);
    for (const table of tables) {
      if (this.#tables.has(table.name)) continue;
      await this.#create(table);
      this.#tables.set(table.name, table);
    }
  }

  /** Of the tables' process; undefined when there is none. */
  async processId(): Promise<number | undefined> {
    return (await this.#process)?.pid;
  }

  /** Ends the process; the items are gone. */
  async close(): Promise<void> {
    const running = await this.#process?.catch(() => undefined);
    await running?.close();
    this.#forwarder.close();
    await this.#guard.close();
  }

  #operation(name: OperationName): ForwardedOperation {
    const { region, accountId } = this.#options;
    const tableArn = (table: string) =>
      this.#tables.get(table)?.arn ?? `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
    return {
      permissions: (input: JsonObject) => permissionsOf(name, input, tableArn),
      forward: (body, input) => {
        refuseUnsupported(name, input);
        return this.#send(name, body);
      },
    };
  }

  async #send(operation: OperationName, body: Buffer): Promise<ForwardedAnswer> {
    this.#process ??= this.#start();
    await this.#process;
    return this.#forwarder.send(operation, body);
  }

  #start(): Promise<DynaliteProcess> {
    const { region, accountId, events, clock } = this.#options;
    this.#guard.start();
    const onCrash = (lastWords: string): void => {
      const message = `The process that holds the tables ended, and their items are lost: start again. ${lastWords}`;
      events.emit({ type: 'notice', atMs: clock.now(), level: 'error', message: message.trim() });
    };
    return DynaliteProcess.start({ socketPath: this.#socketPath, region, accountId, guard: this.#guard, onCrash });
  }

  async #create(table: TableModel): Promise<void> {
    const answer = await this.#send('CreateTable', Buffer.from(JSON.stringify(createTableInput(table))));
    if (answer.status === 200) return;
    const { message } = JSON.parse(answer.body.toString('utf8')) as { message?: string };
    const { stack, logicalId } = table;
    throw dynamodbError(
      'TABLE_REFUSED',
      `DynamoDB does not create the table ${table.name}: ${message}.`,
      'Correct its keys, attributes and indexes.',
      { stack, logicalId },
    );
  }
}

function refuseChange(running: TableModel | undefined, next: TableModel): void {
  const change = running === undefined ? undefined : tableChange(running, next);
  if (change === undefined) return;
  const { stack, logicalId, name } = next;
  throw dynamodbError(
    'TABLE_CHANGED',
    `The running table ${name} cannot change ${change}.`,
    'Start the runtime again, which begins with empty tables.',
    { stack, logicalId },
  );
}
