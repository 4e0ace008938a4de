import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { EventStream, RuntimeEvent } from 'local-aws';
import { failureRowOf, fromItem } from '../../shared/ledger/expressions.ts';
import type { FailureRow, OrderRow } from '../../shared/ledger/rows.ts';
import { claimChangeOf, isOrderWritten } from '../../shared/ledger/order-transitions.ts';
import type { MailRow } from '../../shared/ledger/mail.ts';
import { type OrderEvent, readOrderEvent } from '../../shared/order-event.ts';
import type { TableConnection } from '../orders/ledger/table.ts';
import type { Label } from './label-service.ts';

/** What happened in a run, from the runtime's events. */
export class Journal {
  /** Bodies of the messages that were sent, by message id. */
  readonly sent = new Map<string, string>();
  /** Ids of the messages that used up their receives. */
  readonly moved = new Set<string>();
  /** Invocations that ended because their process did, by function. */
  readonly crashes = new Map<string, number>();
  /** What the topic of orders' events took, in its order. */
  readonly told: OrderEvent[] = [];
  /** Addresses of the mails that were delivered, each as often as it got one. */
  readonly mailed: string[] = [];
  /** What the functions logged. */
  readonly lines: string[] = [];
  /** What the runtime says went wrong in itself. */
  readonly defects: string[] = [];
  readonly #events: EventStream;
  #batchesRunning = 0;

  constructor(events: EventStream) {
    this.#events = events;
    events.subscribe((event) => this.#add(event));
  }

  /** How many batches functions have at this moment. */
  get batchesRunning(): number {
    return this.#batchesRunning;
  }

  /** Log lines of the functions with this message. */
  logged(message: string): number {
    return this.lines.filter((line) => line.includes(`"${message}"`)).length;
  }

  /** Settles as soon as no function has a batch and `isDone` says so; asked after every event. */
  async until(isDone: () => boolean): Promise<void> {
    while (this.#batchesRunning > 0 || !isDone()) {
      await new Promise<void>((resolve) => {
        const unsubscribe = this.#events.subscribe(() => {
          unsubscribe();
          resolve();
        });
      });
    }
  }

  #tell(body: string): void {
    const event = readOrderEvent(body);
    if (event === null) this.defects.push(`Something was published that is no event: ${body}`);
    else this.told.push(event);
  }

  #add(event: RuntimeEvent): void {
    switch (event.type) {
      case 'messages-sent':
        for (const { messageId, body } of event.messages) {
          // What a topic sends to a queue is an event, and no order.
          if (readOrderEvent(body) === null) this.sent.set(messageId, body);
        }
        break;
      case 'messages-published':
        for (const { body } of event.messages) this.#tell(body);
        break;
      case 'mail-delivered':
        this.mailed.push(...event.to);
        break;
      case 'message-moved':
        this.moved.add(event.messageId);
        break;
      case 'message-expired':
        this.defects.push(`Message ${event.messageId} expired in ${event.queueName}.`);
        break;
      case 'batch-started':
        this.#batchesRunning += 1;
        break;
      case 'batch-ended':
        this.#batchesRunning -= 1;
        break;
      case 'invocation-ended':
        if (event.outcome !== 'crash') break;
        this.crashes.set(event.functionName, (this.crashes.get(event.functionName) ?? 0) + 1);
        break;
      case 'log':
        if (event.source === 'function') this.lines.push(event.message);
        break;
      case 'notice':
        if (event.level === 'error') this.defects.push(event.message);
        break;
      default:
    }
  }
}

/** All rows of the table, by their sort keys. */
export interface Rows {
  readonly orders: readonly OrderRow[];
  readonly failures: readonly FailureRow[];
}

/** What is known of a run when nothing moves any more. The invariants are functions of this alone. */
export interface Evidence extends Rows {
  /**
   * Bodies of the messages that senders sent, by message id, without replays. An edited failure has its new body here.
   */
  readonly sent: ReadonlyMap<string, string>;
  /** Message attributes, by the body of their message. A body that is not here came without attributes. */
  readonly attributes: ReadonlyMap<string, FailureRow['messageAttributes']>;
  /** How many different orders senders were told are queued. */
  readonly promised: number;
  /** How often each order's row was written where there was none, by the order's key. */
  readonly created: ReadonlyMap<string, number>;
  /** Rows of orders as later writes found them. */
  readonly found: readonly OrderRow[];
  /** How many messages there are in all queues, in whatever state. */
  readonly messages: number;
  /** What the orders' processing did elsewhere; undefined in a run whose processing has no effects. */
  readonly effects?: Effects;
  /** What the world was told; undefined in a run without events. */
  readonly told?: readonly OrderEvent[];
  /** What the HTTP door answered for each order in the end; undefined in a run without it. */
  readonly posted?: readonly Posted[];
  /** Rows of mails, and the addresses of those that came; undefined in a run without mails. */
  readonly mails?: { readonly rows: readonly MailRow[]; readonly delivered: readonly string[] };
  /** What the functions logged. */
  readonly lines: readonly string[];
  /** What the runtime says went wrong in itself. */
  readonly defects: readonly string[];
}

/** The last answer of the HTTP door for an order. */
export type Posted = {
  /** As it was posted, with an id or without. */
  readonly body: string;
  /** The order's own id, or the one that its idempotency key makes. */
  readonly expectedId: string;
} & (
  | { readonly accepted: true; /** As the door named it. */ readonly orderId: string | null }
  | { readonly accepted: false }
);

/** What a service outside of the pipeline did for the orders. */
export interface Effects {
  /** By idempotency key. */
  readonly labels: ReadonlyMap<string, Label>;
  /** Keys that came with two different bodies. */
  readonly mismatches: readonly string[];
}

/** Reads the whole table, as it is now; with the rows of mails, if there are any. */
export async function readRows(table: TableConnection): Promise<Rows & { readonly mailRows: readonly MailRow[] }> {
  const { client, name } = table;
  const rows = { orders: [] as OrderRow[], failures: [] as FailureRow[], mailRows: [] as MailRow[] };
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
    for (const item of Items) {
      const sk = item['sk']?.S ?? '';
      if (sk === 'ORDER' && item['contentHash'] !== undefined) rows.orders.push(fromItem<OrderRow>(item));
      else if (sk === 'MAIL') rows.mailRows.push(fromItem<MailRow>(item));
      else if (sk.startsWith('FAILURE#')) rows.failures.push(failureRowOf(item));
    }
  }
  return rows;
}

/** What the table answered to those who wrote orders' rows. */
export interface OrderWrites {
  /** How often an order's row was written where there was none, by the order's key. */
  readonly created: ReadonlyMap<string, number>;
  /** Rows of orders that writes found there. */
  readonly found: readonly OrderRow[];
}

type Item = Parameters<typeof fromItem>[0];

/**
 * Watches the table's answers to those who write orders' rows: each answer holds the row as it was before.
 *
 * @param written is called when an order's row stands, before its function learns of it
 */
export function watchOrderWrites(events: EventStream, written: (orderKey: string) => void = () => {}): OrderWrites {
  const created = new Map<string, number>();
  const found: OrderRow[] = [];
  events.subscribe((event) => {
    if (event.type !== 'table-answered' || event.operation !== 'UpdateItem') return;
    const { input, status, body } = event;
    if (status !== 200 || !isOrderWritten(input)) return;
    const { pk } = fromItem<{ pk: string }>(input['Key'] as Item);
    const { Attributes: before } = JSON.parse(body.toString()) as { readonly Attributes?: Item };
    const orderKey = pk.slice(pk.indexOf('#') + 1);
    if (before?.['contentHash'] === undefined) created.set(orderKey, (created.get(orderKey) ?? 0) + 1);
    else found.push(fromItem<OrderRow>(before));
    written(orderKey);
  });
  return { created, found };
}

/**
 * Watches the claims of orders and of their mails. Functions tell their end by the machine's clock, which skips no waits: until then nobody
 * may skip waits for them.
 *
 * @returns whether a claim lives
 */
export function watchClaims(events: EventStream): () => boolean {
  const untilMs = new Map<string, number>();
  events.subscribe((event) => {
    if (event.type !== 'table-answered' || event.operation !== 'UpdateItem' || event.status !== 200) return;
    const change = claimChangeOf(event.input);
    if (change === undefined) return;
    const { pk, sk } = fromItem<{ pk: string; sk: string }>(event.input['Key'] as Item);
    const key = `${pk} ${sk}`;
    if (change.until === null) untilMs.delete(key);
    else untilMs.set(key, Date.parse(change.until));
  });
  return () => {
    for (const [key, until] of untilMs) if (until < Date.now()) untilMs.delete(key);
    return untilMs.size > 0;
  };
}
