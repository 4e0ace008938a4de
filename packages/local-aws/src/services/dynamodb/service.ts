import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Clock } from '../../clock.ts';
import type { ForwardedAnswer, ForwardedOperation, JsonObject, RpcService } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import type { EventStream } from '../../events.ts';
import { ProcessGuard } from '../../processes.ts';
import type { RunningService, Service } from '../../service.ts';
import type { DynamodbModel, TableModel } from './model.ts';
import { type OperationName, operationNames, permissionsOf } from './permissions.ts';
import { DynaliteProcess, dynamodbError, Forwarder } from './process.ts';
import { dynamodbResourceTypes, readDynamodbModel } from './resources.ts';
import { createTableInput, refuseChange, withTableUuid } from './tables.ts';

interface DynamodbServiceOptions {
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
export class DynamodbService implements RunningService<DynamodbModel> {
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
  async prepare({ tables }: DynamodbModel): Promise<void> {
    for (const table of tables) refuseChange(this.#tables.get(table.name), table);
    for (const table of tables) {
      if (!this.#tables.has(table.name)) await this.#create(table);
      this.#tables.set(table.name, table);
    }
  }

  /** The id of the tables' process. Undefined when there is none. */
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
    const { region, accountId, events, clock } = this.#options;
    const tableArn = (table: string) =>
      this.#tables.get(table)?.arn ?? `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
    return {
      permissions: (input: JsonObject) => permissionsOf(name, input, tableArn),
      forward: async (body, input) => {
        refuseUnsupported(name, input);
        const sent = await this.#send(name, body);
        const answer = this.#mended(name, input, sent);
        const { status } = answer;
        events.emit({ type: 'table-answered', atMs: clock.now(), operation: name, input, status, body: answer.body });
        return answer;
      },
    };
  }

  /** What dynalite tells otherwise than DynamoDB about a table. */
  #mended(operation: OperationName, { TableName: name }: JsonObject, answer: ForwardedAnswer): ForwardedAnswer {
    if (answer.status !== 200) return answer;
    if (describing.has(operation)) return withBody(answer, withTableUuid(answer.body.toString('utf8')));
    const attribute = typeof name === 'string' ? this.#tables.get(name)?.timeToLiveAttribute : undefined;
    if (operation !== 'DescribeTimeToLive' || attribute === undefined) return answer;
    const description = { AttributeName: attribute, TimeToLiveStatus: 'ENABLED' };
    return withBody(answer, JSON.stringify({ TimeToLiveDescription: description }));
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

export const dynamodb: Service<DynamodbModel> = {
  actionPrefix: 'dynamodb',
  resourceTypes: dynamodbResourceTypes,
  readModel: readDynamodbModel,
  async start(model, context) {
    const service = new DynamodbService(context);
    try {
      await service.prepare(model);
    } catch (error) {
      await service.close();
      throw error;
    }
    return service;
  },
};

/** Operations whose answers describe a table. */
const describing: ReadonlySet<OperationName> = new Set(['CreateTable', 'DeleteTable', 'DescribeTable', 'UpdateTable']);

/** SDKs compare the body with its checksum. */
function withBody(answer: ForwardedAnswer, text: string): ForwardedAnswer {
  const body = Buffer.from(text);
  return { ...answer, headers: { ...answer.headers, 'x-amz-crc32': String(crc32(body)) }, body };
}

/** Whether a parameter's value asks for what is not there. */
type Asks = (value: unknown) => boolean;

const stream: Asks = (value) => isObject(value) && value['StreamEnabled'] === true;
const anything: Asks = (value) => value !== undefined && value !== null;
const indexChange: Asks = (value) =>
  Array.isArray(value) && value.some((update) => isObject(update) && ('Create' in update || 'Delete' in update));

/** What dynalite passes over in silence although the caller would rely on it. */
const unsupported: Partial<Readonly<Record<OperationName, Readonly<Record<string, Asks>>>>> = {
  CreateTable: { ResourcePolicy: anything, StreamSpecification: stream },
  UpdateTable: { GlobalSecondaryIndexUpdates: indexChange, ReplicaUpdates: anything, StreamSpecification: stream },
};

/** Throws `NotImplemented` for a call that dynalite would answer as if it had done what it has not. */
function refuseUnsupported(operation: OperationName, input: JsonObject): void {
  for (const [parameter, asks] of Object.entries(unsupported[operation] ?? {})) {
    if (asks(input[parameter])) throw notImplemented('dynamodb', `${operation} with ${parameter}`);
  }
}
