import {
  type BatchResultErrorEntry,
  type MessageAttributeValue,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { StoredAttribute } from '../../../shared/ledger/rows.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { type Cut, fullJitter, RequestCutter } from '../../../shared/sending.ts';
import { number } from '../terminal/progress.ts';
import { type Clock, sleep } from '../time.ts';

/** A message to send. Binary attribute values are base64. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  /** The message group in a FIFO queue. */
  readonly groupId: string;
  /** The message group that the first sender chose. It counts instead of `groupId`, and in a standard queue, too. */
  readonly senderGroupId?: string | undefined;
  /** For FIFO queues: SQS drops a message of an id that it took in the last five minutes, whatever the body is. */
  readonly deduplicationId: string;
}

/** Why a message was not sent. */
interface NotSent {
  readonly sent: false;
  readonly code: string;
  readonly message: string;
}

type SendOutcome = { readonly sent: true; readonly messageId: string } | NotSent;

/** The same where nobody is told the message's id. */
export type BareOutcome = { readonly sent: true } | NotSent;

/** Where to send, and the clock and the chance for the waits between tries. */
export interface SendQueue {
  readonly client: SQSClient;
  readonly url: string;
  readonly clock: Clock;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
}

const maximumTries = 5;
const backoffMs = { base: 100, cap: 5_000 };

/**
 * Sends the messages of one request. Messages that SQS refused through no fault of the sender are sent again. Answers
 * one outcome for each message, in their order.
 *
 * @throws what a whole request failed with; SQS may hold its messages all the same
 */
export async function sendMessages(
  { client, url, clock, random }: SendQueue,
  messages: readonly OutgoingMessage[],
): Promise<readonly SendOutcome[]> {
  const fifo = url.endsWith('.fifo');
  const outcomes: SendOutcome[] = [];
  let pending = messages.map((_, position) => position);
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: pending.map((position) => entryOf(messages[position]!, position, fifo)),
      }),
    );
    for (const { Id, MessageId = '' } of answer.Successful ?? [])
      outcomes[Number(Id)] = { sent: true, messageId: MessageId };
    const refusals = answer.Failed ?? [];
    for (const refused of refusals) outcomes[Number(refused.Id)] = refusalOf(refused);
    if (attempt === maximumTries) break;
    pending = refusals.filter(({ SenderFault }) => SenderFault !== true).map(({ Id }) => Number(Id));
    if (pending.length > 0) await sleep(clock, fullJitter(attempt, backoffMs, random));
  }
  return outcomes;
}

function refusalOf({ Code: code = 'Unknown', Message: message = '' }: BatchResultErrorEntry): SendOutcome {
  return { sent: false, code, message };
}

function entryOf(message: OutgoingMessage, position: number, fifo: boolean) {
  const { body, attributes, senderGroupId, deduplicationId } = message;
  const groupId = senderGroupId ?? (fifo ? message.groupId : undefined);
  const given = Object.entries(attributes);
  return {
    Id: String(position),
    MessageBody: body,
    ...(given.length > 0 && {
      MessageAttributes: Object.fromEntries(given.map(([name, value]) => [name, attributeValueOf(value)])),
    }),
    ...(groupId !== undefined && { MessageGroupId: fifoName(groupId) }),
    ...(fifo && { MessageDeduplicationId: fifoName(deduplicationId) }),
  };
}

function attributeValueOf({ dataType, stringValue, binaryValue }: StoredAttribute): MessageAttributeValue {
  return {
    DataType: dataType,
    ...(stringValue !== undefined && { StringValue: stringValue }),
    ...(binaryValue !== undefined && { BinaryValue: Buffer.from(binaryValue, 'base64') }),
  };
}

/** SQS takes up to 128 characters for these names. */
function fifoName(text: string): string {
  return text.slice(0, 128);
}

/** A message to send, and what it is for. */
export interface Parcel<Subject> {
  readonly subject: Subject;
  readonly message: OutgoingMessage;
}

/**
 * Cuts a stream of messages into requests, and reads no further than the request at hand needs.
 *
 * @param maximumEntries messages a request, 1 to 10
 */
export async function* messageBatches<Subject>(
  parcels: AsyncIterable<Parcel<Subject>>,
  maximumEntries?: number,
): AsyncGenerator<Cut<Parcel<Subject>>> {
  const cutter = new RequestCutter<Parcel<Subject>>(maximumEntries);
  for await (const parcel of parcels) yield* cutter.add(parcel, bytesOf(parcel.message));
  yield* cutter.rest();
}

/** Name, type and value of each attribute count with the body (SQS Developer Guide, message quotas). */
export function bytesOf({ body, attributes }: OutgoingMessage): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue = '', binaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue);
    bytes += Buffer.byteLength(binaryValue, 'base64');
  }
  return bytes;
}

/** The limit of the orders queue in words. It follows the size of a message that is larger. */
export const mostBytesText = `the orders queue takes ${number(messageLimits.bytes)} (256 KiB)`;
