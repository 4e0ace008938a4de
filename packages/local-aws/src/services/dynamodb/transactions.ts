import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError, type JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import { askCapacity, type Consumed, consumedCapacity } from './transaction-capacity.ts';
import {
  canonical,
  constraint,
  invalid,
  type Member,
  operations,
  type Part,
  partsOf,
  type TableAnswer,
} from './transaction-parts.ts';

/** Asks the tables. It answers errors, too, and throws for a defect of ours only. */
export type AskTables = (operation: string, input: JsonObject) => Promise<TableAnswer>;

interface Write extends Part {
  readonly member: keyof typeof operations;
  readonly key: JsonObject;
  /** The item as it was. Undefined: there was none. */
  readonly before: unknown;
}

/** Source: DynamoDB Developer Guide, "Idempotency": a token is good for ten minutes after the request has finished. */
const tokenMs = 10 * 60 * 1000;

interface Finished {
  readonly fingerprint: string;
  readonly answer: TableAnswer;
  readonly untilMs: number;
}

/**
 * TransactWriteItems and TransactGetItems over tables that know single items only. The caller sees to it that nobody
 * else uses the tables meanwhile (`Gate`): so all parts are tried, and undone if one of them fails. No transaction ends
 * in a conflict, because they run one after the other.
 */
export class Transactions {
  readonly #ask: AskTables;
  readonly #clock: Clock;
  readonly #finished = new Map<string, Finished>();

  constructor(ask: AskTables, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Throws `AwsError` for what is wrong with the request; a cancelled transaction is an answer. */
  async write(input: JsonObject): Promise<TableAnswer> {
    const { ClientRequestToken: token, ...request } = input;
    const fingerprint = createHash('sha256').update(canonical(request)).digest('hex');
    const earlier = this.#finishedWith(token, fingerprint);
    if (earlier !== undefined) return earlier;

    const writes = await this.#prepared(partsOf(input, Object.keys(operations) as Member[]));
    const answers = await Promise.all(
      writes.map(({ member, input: part }) => this.#ask(operations[member], { ...part, ...askCapacity(input) })),
    );
    const isDone = answers.every(({ status }) => status === 200);
    const toUndo = writes.filter(
      ({ member }, index) => answers[index]?.status === 200 && (!isDone || member === 'ConditionCheck'),
    );
    await Promise.all(toUndo.map((write) => this.#undo(write)));
    if (!isDone) return cancelled(answers);
    const answer = { status: 200, document: consumedCapacity(input, consumed(writes, answers), 'WriteCapacityUnits') };
    if (typeof token === 'string') {
      this.#finished.set(token, { fingerprint, answer, untilMs: this.#clock.now() + tokenMs });
    }
    return answer;
  }

  /** As `write`. */
  async get(input: JsonObject): Promise<TableAnswer> {
    const parts = await this.#withKeys(partsOf(input, ['Get']));
    const answers = await Promise.all(
      parts.map(({ input: part }) => this.#ask('GetItem', { ...part, ConsistentRead: true, ...askCapacity(input) })),
    );
    if (answers.some(({ status }) => status !== 200)) return cancelled(answers);
    const responses = answers.map(({ document: { Item: item } }) => (item === undefined ? {} : { Item: item }));
    const capacity = consumedCapacity(input, consumed(parts, answers), 'ReadCapacityUnits');
    return { status: 200, document: { Responses: responses, ...capacity } };
  }

  #finishedWith(token: unknown, fingerprint: string): TableAnswer | undefined {
    if (typeof token !== 'string') return undefined;
    if (token.length < 1 || token.length > 36) {
      throw constraint(token, 'clientRequestToken', `length ${token === '' ? 'greater' : 'less'} than or equal to`, 36);
    }
    const nowMs = this.#clock.now();
    for (const [old, { untilMs }] of this.#finished) {
      if (untilMs > nowMs) break;
      this.#finished.delete(old);
    }
    const finished = this.#finished.get(token);
    if (finished === undefined || finished.fingerprint === fingerprint) return finished?.answer;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request.',
    );
  }

  async #prepared(parts: readonly Part[]): Promise<Write[]> {
    const keyed = await this.#withKeys(parts);
    return Promise.all(
      keyed.map(async ({ member, input, key }) => {
        const read = { TableName: input['TableName'], Key: key, ConsistentRead: true };
        const { document } = await this.#ask('GetItem', read);
        return { member: member as Write['member'], input, key, before: document['Item'] };
      }),
    );
  }

  /** Adds the keys of the items. Throws where a table is missing, and where an item is named twice. */
  async #withKeys(parts: readonly Part[]): Promise<(Part & { readonly key: JsonObject })[]> {
    const names = new Map<unknown, string[]>();
    const seen = new Set<string>();
    const keyed = [];
    for (const part of parts) {
      const { TableName: table } = part.input;
      const keyNames = names.get(table) ?? (await this.#keyNames(table));
      names.set(table, keyNames);
      const from = part.input[part.member === 'Put' ? 'Item' : 'Key'];
      const key = Object.fromEntries(keyNames.map((name) => [name, isObject(from) ? from[name] : undefined]));
      const identity = canonical([table, key]);
      if (seen.has(identity)) throw invalid('Transaction request cannot include multiple operations on one item');
      seen.add(identity);
      keyed.push({ ...part, key });
    }
    return keyed;
  }

  async #keyNames(table: unknown): Promise<string[]> {
    const { status, document } = await this.#ask('DescribeTable', { TableName: table });
    const { Table: description } = document as { Table?: { KeySchema?: { AttributeName: string }[] } };
    if (status === 200) return (description?.KeySchema ?? []).map(({ AttributeName: name }) => name);
    if (!isFault(document, 'ResourceNotFoundException')) throw invalid(messageOf(document));
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  }

  async #undo({ input: { TableName: table }, key, before }: Write): Promise<void> {
    if (before === undefined) await this.#ask('DeleteItem', { TableName: table, Key: key });
    else await this.#ask('PutItem', { TableName: table, Item: before });
  }
}

/** What the parts consumed. A check is the deletion of an item, but changes no index. */
function consumed(parts: readonly Part[], answers: readonly TableAnswer[]): Consumed[] {
  return answers.flatMap(({ document }, index) => {
    const all = document['ConsumedCapacity'] as Consumed | undefined;
    if (all === undefined || parts[index]?.member !== 'ConditionCheck') return all ?? [];
    const { TableName, Table } = all;
    return [{ TableName, Table, CapacityUnits: Table.CapacityUnits }];
  });
}

/**
 * The answer when a part failed: a cancelled transaction with a reason for each part, unless a part is one that DynamoDB
 * refuses without a look at the item. Codes and texts: API reference of TransactWriteItems.
 */
function cancelled(answers: readonly TableAnswer[]): TableAnswer {
  const reasons = answers.map(reasonOf);
  const refused = answers[reasons.indexOf(undefined)];
  if (refused !== undefined) return refused;
  const codes = reasons.map((reason) => reason?.Code).join(', ');
  return {
    status: 400,
    document: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      CancellationReasons: reasons,
    },
  };
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

function reasonOf({ status, document }: TableAnswer): Reason | undefined {
  if (status === 200) return { Code: 'None' };
  const message = messageOf(document);
  if (isFault(document, 'ConditionalCheckFailedException')) {
    const { Item: item } = document;
    return { Code: 'ConditionalCheckFailed', Message: message, ...(item !== undefined && { Item: item }) };
  }
  if (!isFault(document, 'ValidationException') || !ofItem.test(message)) return undefined;
  return { Code: 'ValidationError', Message: message };
}

/** The messages of faults that only the item, or the table's schema, shows. */
const ofItem =
  /^(?:One or more parameter values were invalid|The provided key element|The provided expression refers|The document path|The update expression attempted|An operand in|Item size|Number overflow|Type mismatch|Nesting Levels)/;

const isFault = ({ __type: type }: JsonObject, code: string): boolean => String(type).endsWith(`#${code}`);

function messageOf({ message, Message }: JsonObject): string {
  const text = message ?? Message;
  return typeof text === 'string' ? text : '';
}
