import { createHash } from 'node:crypto';
import { type FailureKind, failureKinds } from './telemetry.ts';

/** Version of the shape below. A new member leaves the version; a member that goes or changes its meaning raises it. */
export const orderEventVersion = 1;

/** What the topic `order-events` tells: an order was processed, or it failed. */
export type OrderEvent = ProcessedEvent | FailedEvent;

interface EventBase {
  /** `orderEventVersion` of the sender. */
  readonly schemaVersion: number;
  /** UUID of what happened: the same each time the same thing is told, so a subscriber can leave out repeats by it. */
  readonly id: string;
  /** When the row was written: ISO 8601, UTC. The same at each repeat. */
  readonly time: string;
  /** The order's own id. Null when the body names none that can be trusted. */
  readonly orderId: string | null;
  /** What the ledger has the order under: its own id, or that of the message that brought it. `orders show` takes it. */
  readonly orderKey: string;
  /** Id of the message that was processed or failed: logs have it. */
  readonly messageId: string;
}

export interface ProcessedEvent extends EventBase {
  readonly type: 'order.processed';
}

export interface FailedEvent extends EventBase {
  readonly type: 'order.failed';
  /** Id of the failure in the ledger. A replay that fails again is another event of the same failure. */
  readonly failureId: string;
  readonly kind: FailureKind;
  /** In words, as far as `eventReasons` lets them out. */
  readonly reasons: readonly string[];
  /** Fingerprint of kind and all reasons: 12 hex digits, the same as in the ledger. */
  readonly cause: string;
}

/** A processed order, as its row has it. */
export type ProcessedOrder = Pick<EventBase, 'orderId' | 'orderKey' | 'messageId'> & { readonly processedAt: string };

/** A failure, as its row has it. */
export type FailedOrder = Pick<FailedEvent, 'orderId' | 'orderKey' | 'messageId' | 'failureId' | 'kind' | 'cause'> & {
  readonly reasons: readonly string[];
  readonly failedAt: string;
};

/** What a message owes the world: the event of what is written down, told before the message may be deleted. */
export type OwedEvent =
  ({ readonly type: 'order.processed' } & ProcessedOrder) | ({ readonly type: 'order.failed' } & FailedOrder);

/** @param allReasons see `eventReasons` */
export function eventOf(owed: OwedEvent, allReasons: boolean): OrderEvent {
  return owed.type === 'order.processed' ? processedEvent(owed) : failedEvent(owed, allReasons);
}

/** The event of an order whose row is written. */
export function processedEvent({ orderId, orderKey, messageId, processedAt }: ProcessedOrder): ProcessedEvent {
  const type = 'order.processed';
  // The row of an order is written once: its key is enough.
  return {
    schemaVersion: orderEventVersion,
    id: uuidOf(type, orderKey),
    type,
    time: processedAt,
    orderId,
    orderKey,
    messageId,
  };
}

/**
 * The event of a failure that is written down.
 *
 * @param allReasons whether the text of errors and refusals goes out as well, see `eventReasons`
 */
export function failedEvent(failed: FailedOrder, allReasons: boolean): FailedEvent {
  const { orderId, orderKey, messageId, failureId, kind, cause, reasons, failedAt } = failed;
  const type = 'order.failed';
  return {
    schemaVersion: orderEventVersion,
    id: uuidOf(type, orderKey, failureId, messageId),
    type,
    time: failedAt,
    orderId,
    orderKey,
    messageId,
    failureId,
    kind,
    reasons: eventReasons(kind, reasons, allReasons),
    cause,
  };
}

/**
 * Kinds whose reasons this project words: a place in the order, and a rule of the schema, never a value. The words of
 * the other kinds come from the processing, which may quote a customer's name.
 */
const wordedHere: ReadonlySet<FailureKind> = new Set([
  failureKinds.notJson,
  failureKinds.invalid,
  failureKinds.conflictingId,
]);

/** Bytes of all reasons of an event. Ten events are one request then, far below the 256 KiB of SNS (PublishBatch). */
const mostReasonBytes = 2_000;

/**
 * The reasons that an event may have. Of an error of the processing and of a refusal there are none, unless the
 * configuration says `allReasons`: everybody who subscribes reads them, and they may hold personal data. Whoever may
 * read the ledger finds the words there, by the event's `failureId`.
 */
export function eventReasons(kind: FailureKind, reasons: readonly string[], allReasons: boolean): readonly string[] {
  if (!allReasons && !wordedHere.has(kind)) return [];
  let room = mostReasonBytes;
  for (const [index, reason] of reasons.entries()) {
    room -= Buffer.byteLength(reason);
    if (room < 0) return [...reasons.slice(0, index), `and ${reasons.length - index} more`];
  }
  return reasons;
}

/** An event as `Publish` and `PublishBatch` take it. */
export interface EventMessage {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly DataType: 'String'; readonly StringValue: string }>>;
}

/**
 * An event as a message. Filter policies see its attributes: `type`; `kind` of a failure; `orderId`, if there is one.
 * Mail has the subject. The JSON is plain ASCII, because SQS, where copies go, refuses some characters.
 */
export function messageOfEvent(event: OrderEvent): EventMessage {
  const { type, orderId, orderKey } = event;
  const kind = type === 'order.failed' ? event.kind : undefined;
  return {
    Subject: subjectOf(isPlain(orderKey) ? ` ${orderKey}` : '', kind),
    Message: JSON.stringify(event).replaceAll(/[^ -~]/g, escaped),
    MessageAttributes: attributes({ type, kind, orderId: orderId !== null && isPlain(orderId) ? orderId : undefined }),
  };
}

/**
 * Reads an event: the body of a message of a queue that is subscribed with raw delivery, or `Sns.Message` of a record
 * that Lambda gets. Null for anything that is no event of a version that this release knows.
 */
export function readOrderEvent(text: string): OrderEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { schemaVersion, id, type, time, orderKey, messageId, orderId } = value as Partial<Record<string, unknown>>;
  const texts = [id, time, orderKey, messageId].every((each) => typeof each === 'string');
  const hasOrderId = orderId === null || typeof orderId === 'string';
  if (schemaVersion !== orderEventVersion || !texts || !hasOrderId) return null;
  if (type === 'order.processed') return value as ProcessedEvent;
  return type === 'order.failed' && isFailure(value) ? value : null;
}

function isFailure(value: object): value is FailedEvent {
  const { failureId, kind, reasons, cause } = value as Partial<Record<string, unknown>>;
  return [failureId, kind, cause].every((each) => typeof each === 'string') && Array.isArray(reasons);
}

/** SNS takes less than 100 characters, of ASCII (API reference, Publish). */
function subjectOf(order: string, kind: FailureKind | undefined): string {
  return (kind === undefined ? `Processed: order${order}` : `Failed (${kind}): order${order}`).slice(0, 99);
}

/** An id that can stand in a subject and in a filter policy. A schema may allow others. */
function isPlain(id: string): boolean {
  return /^[\w-]{1,100}$/.test(id);
}

function escaped(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function attributes(values: Readonly<Record<string, string | undefined>>): EventMessage['MessageAttributes'] {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, StringValue]) =>
      StringValue === undefined ? [] : [[name, { DataType: 'String' as const, StringValue }]],
    ),
  );
}

/** A UUID of version 8, whose bits mean what its maker likes (RFC 9562, section 5.8). */
function uuidOf(...of: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(of)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
