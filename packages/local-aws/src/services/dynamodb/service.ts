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
import { Gate } from './gate.ts';
import { type OperationName, operationNames, permissionsOf } from './permissions.ts';
import { DynaliteProcess, dynamodbError, Forwarder } from './process.ts';
import { dynamodbResourceTypes, readDynamodbModel } from './resources.ts';
import { tableNameOf, withTableNames } from './table-names.ts';
import { TableSettings } from './table-settings.ts';
import { createTableInput, refuseChange, withTableUuid } from './tables.ts';
import type { TableAnswer } from './transaction-parts.ts';
import { Transactions } from './transactions.ts';

interface DynamodbServiceOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly accountId: string;
  /** Folder for the socket of the tables' process; nobody else may enter it. */
  readonly directory: string;
}

/**
 * DynamoDB: dynalite in a process of its own, behind what it does not have (transactions, times to live), started with the first table or the first call. It listens on a Unix
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
  readonly #settings = new TableSettings();
  readonly #gate = new Gate();
  readonly #transactions: Transactions;

  constructor(options: DynamodbServiceOptions) {
    this.#options = options;
    this.#socketPath = join(options.directory, 'dynamodb.sock');
    this.#forwarder = new Forwarder(this.#socketPath);
    this.#transactions = new Transactions((operation, input) => this.#ask(operation, input), options.clock);
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
      this.#settings.applyTemplate(this.#tables.get(table.name), table);
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
    const named = (input: JsonObject) => withTableNames(input, (arn) => tableNameOf(arn, region, accountId));
    return {
      permissions: (given: JsonObject) => permissionsOf(name, named(given), tableArn),
      forward: async (given, asGiven, { requestId }) => {
        const input = named(asGiven);
        const body = input === asGiven ? given : Buffer.from(JSON.stringify(input));
        refuseUnsupported(name, input);
        const answered = await this.#answer(name, body, input);
        const answer = { ...answered, headers: { 'x-amzn-requestid': requestId, ...answered.headers } };
        const { status } = answer;
        events.emit({ type: 'table-answered', atMs: clock.now(), operation: name, input, status, body: answer.body });
        return answer;
      },
    };
  }

  /** The answer to a call: of dynalite, completed, or of what dynalite does not have. */
  async #answer(operation: OperationName, body: Buffer, input: JsonObject): Promise<ForwardedAnswer> {
    switch (operation) {
      case 'TransactWriteItems':
        return documentAnswer(await this.#gate.alone(() => this.#transactions.write(input)));
      case 'TransactGetItems':
        return documentAnswer(await this.#gate.alone(() => this.#transactions.get(input)));
      case 'DescribeTimeToLive':
        return this.#ofTable(input, () => this.#settings.timeToLive(input['TableName']));
      case 'UpdateTimeToLive':
        return this.#ofTable(input, () => this.#settings.updateTimeToLive(input));
      case 'UpdateTable':
        if (onlyProtects(input)) return this.#ofTable(input, (table) => this.#protected(input, table));
        break;
      case 'DeleteTable':
        this.#settings.refuseDeletion(input['TableName']);
        break;
      default:
    }
    return this.#completed(operation, input, await this.#gate.shared(() => this.#send(operation, body)));
  }

  /** What dynalite leaves out where a table is made, changed, described or deleted, and what it should leave out. */
  #completed(operation: OperationName, input: JsonObject, answer: ForwardedAnswer): ForwardedAnswer {
    if (operation === 'UpdateItem' && answer.body.toString('latin1', 0, noAttributes.length) === noAttributes) {
      const { Attributes: _, ...document } = JSON.parse(answer.body.toString('utf8')) as JsonObject;
      return documentAnswer({ status: answer.status, document });
    }
    const member = describing[operation];
    if (member === undefined) return answer;
    const document = JSON.parse(answer.body.toString('utf8')) as JsonObject;
    if (answer.status !== 200) {
      if (operation !== 'CreateTable' || !String(document['__type']).endsWith('#ResourceInUseException')) return answer;
      const message = `Table already exists: ${String(input['TableName'])}`;
      return documentAnswer({ status: answer.status, document: { ...document, message } });
    }
    if (operation === 'DeleteTable') this.#settings.forget(input['TableName']);
    else this.#settings.protect(input);
    const description = this.#settings.describe(document[member] as JsonObject);
    return documentAnswer({ status: 200, document: { ...document, [member]: description } });
  }

  #protected(input: JsonObject, table: JsonObject): JsonObject {
    this.#settings.protect(input);
    return { TableDescription: this.#settings.describe(table) };
  }

  /** An answer of ours about a table that dynalite has; dynalite's own answer where it has none. */
  async #ofTable({ TableName: name }: JsonObject, answer: (table: JsonObject) => JsonObject): Promise<ForwardedAnswer> {
    const described = await this.#ask('DescribeTable', { TableName: name });
    if (described.status !== 200) return documentAnswer(described);
    return documentAnswer({ status: 200, document: answer(described.document['Table'] as JsonObject) });
  }

  async #ask(operation: string, input: JsonObject): Promise<TableAnswer> {
    const { status, body } = await this.#send(operation, Buffer.from(JSON.stringify(input)));
    return { status, document: JSON.parse(withTableUuid(body.toString('utf8'))) as JsonObject };
  }

  async #send(operation: string, body: Buffer): Promise<ForwardedAnswer> {
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

/** Where the answers of operations describe a table. */
const describing: Partial<Readonly<Record<OperationName, string>>> = {
  CreateTable: 'TableDescription',
  DeleteTable: 'TableDescription',
  DescribeTable: 'Table',
  UpdateTable: 'TableDescription',
};

/** An UpdateTable of the deletion protection alone, which dynalite takes for one of nothing. */
function onlyProtects(input: JsonObject): boolean {
  const given = Object.keys(input).filter((name) => input[name] !== undefined && input[name] !== null);
  return given.includes('DeletionProtectionEnabled') && given.length === 2;
}

/**
 * How dynalite begins when none of the updated attributes is there. DynamoDB leaves the member out: tried on AWS by
 * ExtendDB (its pull request 121).
 */
const noAttributes = '{"Attributes":{}';

/** SDKs compare the body with its checksum. */
function documentAnswer({ status, document }: TableAnswer): ForwardedAnswer {
  const body = Buffer.from(withTableUuid(JSON.stringify(document)));
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-crc32': String(crc32(body)) };
  return { status, headers, body };
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
