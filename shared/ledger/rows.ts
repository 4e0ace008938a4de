import { sameContent } from './content.ts';

/*
 * The orders table: its keys, indexes and rows. The stack makes the table, the functions write it, and the `orders`
 * command reads it. What can happen to a row: transitions.ts. One DynamoDB table:
 *
 *     pk                 sk                       what
 *     ORDER#<order key>  ORDER                    a processed order, written once; before the order is processed, the
 *                                                 row holds what is known of its tries (`OrderNotes`), if anything is
 *     ORDER#<order key>  FAILURE#<failure id>     a failure and what became of it
 *     ORDER#<order key>  MAIL                     the mail about the order, if the stack sends mails: mail.ts
 *
 * An order's key is its own id. An order without an id has the id of the message that brought it first. Everything known
 * of an order is one query. Good orders are in no index, so each costs one write. Failures are in two sparse indexes,
 * split over shards so that no partition is hot:
 *
 *     failures-by-status   statusShard = <status>#<shard>   failedAt     while `failed` or `replayed`; refused mails
 *     failures-by-cause    causeShard = <cause>#<shard>     failedAt     while `failed`
 */

/** Key of a processed order's row. */
export const orderRowKey = (orderKey: string) => ({ pk: `ORDER#${orderKey}`, sk: 'ORDER' });
/** Key of a failure's row. */
export const failureRowKey = (orderKey: string, failureId: string) => ({
  pk: `ORDER#${orderKey}`,
  sk: `FAILURE#${failureId}`,
});

/** The two sparse indexes; only failures that wait for somebody have their partition keys. */
export const indexes = {
  byStatus: { name: 'failures-by-status', partitionKey: 'statusShard', sortKey: 'failedAt' },
  byCause: { name: 'failures-by-cause', partitionKey: 'causeShard', sortKey: 'failedAt' },
} as const;

/** Attributes that both indexes carry beside the keys: what lists and groups need, without the bodies. */
export const projectedAttributes = [
  'failureId',
  'orderKey',
  'orderId',
  'status',
  'kind',
  'reasons',
  'cause',
  'replayCount',
  'replayedAt',
] as const;

/** Partitions of each index value: 1,000 writes a second each before DynamoDB must split them. */
export const shardCount = 8;

/** The shard of a failure: the same one as long as it lives. */
function shardOf(failureId: string): number {
  let hash = 0;
  for (const character of failureId) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % shardCount;
}

/**
 * `failed`: in the ledger, waiting for somebody. `replayed`: sent again, on its way. `processed`: a replay succeeded, or
 * another copy of the order.
 */
export type FailureStatus = 'failed' | 'replayed' | 'processed';

/** Partition key of a failure in `byStatus`. */
export const statusShard = (status: FailureStatus, failureId: string) => `${status}#${shardOf(failureId)}`;
/** What orders whose mail was refused are under in `byStatus` (mail.ts). */
export const mailRefusedStatus = 'mail-refused';
/** Partition key of such an order. */
export const mailRefusedShard = (orderKey: string) => `${mailRefusedStatus}#${shardOf(orderKey)}`;
/** Partition key of a failure in `byCause`. */
export const causeShard = (cause: string, failureId: string) => `${cause}#${shardOf(failureId)}`;

/**
 * A processed order: a row with `contentHash` and `processedAt`, which are written together, after the work is done. A
 * row without them holds `OrderNotes` alone, and is no order yet.
 */
export interface OrderRow extends OrderNotes {
  readonly pk: string;
  readonly sk: 'ORDER';
  readonly orderKey: string;
  readonly body: string;
  /** See content.ts. The same id with other content is a conflict, with the same content a duplicate. */
  readonly contentHash: string;
  /** ISO 8601, UTC, as all times here. */
  readonly processedAt: string;
  readonly messageId: string;
  /** When SQS took the message: its attribute SentTimestamp. `orders show` begins an order's life with it. */
  readonly sentAt?: string;
  readonly receiveCount: number;
  readonly schemaVersion: string;
  /** Null, not absent, like `failureId`: a duplicate would otherwise add the attribute to a row that is written once. */
  readonly traceId: string | null;
  /** The failure that the message replayed; null when the message was no replay. */
  readonly failureId: string | null;
}

/** What the row of an order tells of it before it is processed. Claims are for processing that has effects. */
export interface OrderNotes {
  /** See `failedCopyText`. Who writes the order receives the old row, and marks these failures as processed. */
  readonly failedCopies?: ReadonlySet<string>;
  /** Random token of the delivery that has claimed the id, or had: see `claimedUntil`. */
  readonly claim?: string;
  /** `contentHash` of the order that the claim is for. */
  readonly claimHash?: string;
  /** The claim lives until then: the time at which Lambda ends its function. A claim that is over is as good as none. */
  readonly claimedUntil?: string;
  /** Of the try that ended with an error last. */
  readonly lastError?: LastError;
  /** Tries of orders with this id that ended with an error of their processing. */
  readonly errorCount?: number;
  /** Ids of the messages whose order the processing refused: it is not asked again for the same message. */
  readonly refusedMessages?: ReadonlySet<string>;
  /** See `refusalText`. */
  readonly refusals?: ReadonlySet<string>;
}

/** An error of the processing, as failed-orders takes it for a reason. */
export interface LastError {
  readonly at: string;
  /** Of the order that was processed: another order with its id may have come since. */
  readonly contentHash: string;
  /** Name and message, at most `mostReasonBytes`. */
  readonly error: string;
  /** Token of the claim that the try had; null for processing without effects. */
  readonly claim: string | null;
}

/** Bytes of the reasons that the processing gives: of one error, or of all reasons of a refusal. */
export const mostReasonBytes = 1_000;

/** How many refusals an order's row remembers. A further one is kept as an error. */
export const mostRefusals = 30;

/** How an order's row remembers why the processing refused the order of a message. */
export function refusalText(messageId: string, reasons: readonly string[]): string {
  return JSON.stringify([messageId, ...reasons]);
}

/** The reasons for which the order of this message was refused; undefined when it was not. */
export function refusalOf(messageId: string, { refusals }: Pick<OrderNotes, 'refusals'>): string[] | undefined {
  const all = [...(refusals ?? [])].map((text) => JSON.parse(text) as [string, ...string[]]);
  return all.find(([id]) => id === messageId)?.slice(1);
}

/** Where a failure is written down. */
export interface FailurePlace {
  readonly orderKey: string;
  readonly failureId: string;
}

/**
 * How an order's row remembers a failure of the order until the order is processed: another copy may be on its way. The
 * text has the content hash of the failed body, because another order may get the id.
 */
export function failedCopyText(contentHash: string, { orderKey, failureId }: FailurePlace): string {
  return JSON.stringify([contentHash, orderKey, failureId]);
}

/**
 * How many failures an order's row remembers, of up to 280 bytes each, so that the order itself still fits in. A further
 * failure stays in the ledger when a copy is processed. A replay of it is then a duplicate, and marks it.
 */
export const mostFailedCopies = 250;

/** Those of the failures that are copies of the order in this body. */
export function failedCopiesOf(body: string, texts: Iterable<string>): FailurePlace[] {
  const isSame = sameContent(body);
  return [...texts].flatMap((text) => {
    const [contentHash, orderKey, failureId] = JSON.parse(text) as [string, string, string];
    return isSame(contentHash) ? [{ orderKey, failureId }] : [];
  });
}

/** A message attribute as it is stored and sent again; binary values are base64 text. */
export type StoredAttribute = {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
};

/** The attributes of a message, by their names. */
export type MessageAttributes = Readonly<Record<string, StoredAttribute>>;

/** A message attribute with its name, as a row holds it. */
export type NamedAttribute = StoredAttribute & { readonly name: string };

/**
 * Message attributes as a row holds them. A list, because a map cannot hold every name: SQS takes `__proto__`, of which
 * the SDK's DynamoDB client makes a prototype, and DynamoDB refuses the row.
 */
export function attributeList(attributes: MessageAttributes): NamedAttribute[] {
  return Object.entries(attributes).map(([name, attribute]) => ({ name, ...attribute }));
}

/** The reverse of `attributeList`. */
export function attributesByName(list: readonly NamedAttribute[]): MessageAttributes {
  return Object.fromEntries(list.map(({ name, ...attribute }) => [name, attribute]));
}

/** One thing that happened to a failure. `by` is a person or program for what was done by hand. */
export interface HistoryEntry {
  readonly at: string;
  readonly event: 'failed' | 'replayed' | 'edited' | 'processed';
  readonly messageId?: string;
  readonly by?: string;
  readonly kind?: string;
  readonly reasons?: readonly string[];
  readonly receiveCount?: number;
}

/** A failure, from its first writing-down to its end. */
export interface FailureRow {
  readonly pk: string;
  readonly sk: string;
  /** Id of the message that failed first. */
  readonly failureId: string;
  readonly orderKey: string;
  /** The order's own id; absent when the body names none that can be trusted. */
  readonly orderId?: string;
  readonly status: FailureStatus;
  /** One of `failureKinds` in telemetry.ts. */
  readonly kind: string;
  readonly reasons: readonly string[];
  /** Fingerprint of kind and reasons without values: 12 hex digits. */
  readonly cause: string;
  readonly statusShard?: string;
  readonly causeShard?: string;
  readonly firstFailedAt: string;
  readonly failedAt: string;
  /** When SQS took the message that failed first: its attribute SentTimestamp. */
  readonly sentAt?: string;
  /** When a consumer first received the message that failed last. */
  readonly firstSeenAt: string;
  readonly receiveCount: number;
  readonly body: string;
  /** See content.ts. Absent in rows of older releases. */
  readonly contentHash?: string;
  /** By their names. The row holds them as `attributeList`. */
  readonly messageAttributes: MessageAttributes;
  /** The message group that the message was in, up to 128 characters. A replay goes back into it. */
  readonly messageGroupId?: string;
  readonly sourceQueueArn?: string;
  readonly traceId?: string;
  readonly schemaVersion: string;
  readonly replayCount: number;
  /**
   * Random, set once, in no log. A message that claims to replay this failure must know the token. Who may read the
   * table knows it, who may only send orders does not.
   */
  readonly replayToken: string;
  /** When it was sent again last. */
  readonly replayedAt?: string;
  /** Ids of the messages whose failure is written down: a second delivery of one of them changes nothing. */
  readonly recordedMessages: ReadonlySet<string>;
  readonly history: readonly HistoryEntry[];
}

/**
 * The message attribute of a replayed message that says which failure it replays. Its value is JSON of `Lineage`. It is
 * one attribute, because SQS allows ten and the message's own come along. A sender's own attribute of that name is kept
 * in the ledger. A replay needs the name, and goes without the sender's attribute.
 */
export const lineageAttribute = 'ReplayOf';

/** Which failure a message replays. */
export interface Lineage {
  readonly orderKey: string;
  readonly failureId: string;
  /** 1 for the first replay. */
  readonly count: number;
  readonly by: string;
  /** `replayToken` of the failure's row. */
  readonly token: string;
}

/** Replays of one failure before a person must insist (`--force`). */
export const replayCap = 5;

/**
 * Replays of one failure, also with `--force`. Each that fails adds up to 1.3 KB to its row (reasons, history). Beside the
 * largest message the row has 58 KB left of DynamoDB's 400 KB. A full row could not be written any more.
 */
export const mostReplays = 30;

/** Edits of one failure, for the same reason: as many as replays, each with an entry in the history. */
export const mostEdits = mostReplays;
