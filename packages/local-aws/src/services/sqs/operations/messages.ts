import { AwsError, faultOf, type JsonObject, type Operation } from '../../../endpoint/api.ts';
import { checkFifoBatch, messageSizeBytes, newMessage } from '../message-checks.ts';
import { md5OfAttributes, type MessageAttributes, type NewMessage, type SentMessage } from '../message.ts';
import {
  batchFailure,
  messageAttributes,
  optionalInteger,
  queueOperation,
  requiredString,
  type SqsContext,
} from '../operation-input.ts';
import { maximumMessageBytes } from '../queue-settings.ts';
import type { Queue } from '../queue.ts';
import {
  batchEntryIdsNotDistinct,
  batchRequestTooLong,
  emptyBatchRequest,
  invalidBatchEntryId,
  invalidValue,
  missingParameter,
  tooManyEntries,
} from '../sqs-errors.ts';

const entriesLimit = 10;

/** Checks what AWS refuses a whole batch for: 1 to 10 entries, with valid and distinct ids. */
function batchEntries(input: JsonObject, entryName: string): JsonObject[] {
  const entries = (Array.isArray(input['Entries']) ? input['Entries'] : []) as JsonObject[];
  if (entries.length === 0) throw emptyBatchRequest(entryName);
  if (entries.length > entriesLimit) throw tooManyEntries(entries.length);
  const ids = new Set<unknown>();
  for (const { Id: id } of entries) {
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,80}$/.test(id)) throw invalidBatchEntryId();
    if (ids.has(id)) throw batchEntryIdsNotDistinct(id);
    ids.add(id);
  }
  return entries;
}

/** Runs each entry by itself: what one throws goes to `Failed`, the answer is HTTP 200 all the same. */
function runBatch(entries: readonly JsonObject[], run: (entry: JsonObject) => JsonObject): JsonObject {
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry['Id'], ...run(entry) });
    } catch (error) {
      failed.push(failedEntry(entry, error));
    }
  }
  return batchAnswer(successful, failed);
}

/** What goes to `Failed` for an entry. Throws what is no `AwsError`: that is a defect of ours. */
function failedEntry(entry: JsonObject, error: unknown): JsonObject {
  if (!(error instanceof AwsError)) throw error;
  return {
    Id: entry['Id'],
    SenderFault: faultOf(error) === 'Sender',
    Code: error.queryCode,
    Message: error.message,
  };
}

/** As on AWS, a list without entries is absent. */
function batchAnswer(successful: readonly JsonObject[], failed: readonly JsonObject[]): JsonObject {
  return {
    ...(successful.length > 0 && { Successful: successful }),
    ...(failed.length > 0 && { Failed: failed }),
  };
}

const changeVisibilityInput = { ReceiptHandle: 'string', VisibilityTimeout: 'integer' } as const;

export const changeMessageVisibility = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ChangeMessageVisibility', { input: changeVisibilityInput }, (queue, given) => {
    changeVisibility(queue, given);
    return {};
  });

/** One change, as asked for by a request or by an entry of a batch. */
function changeVisibility(queue: Queue, given: JsonObject): void {
  const receiptHandle = requiredString(given, 'ReceiptHandle');
  const limits = { min: 0, max: 43_200, words: 'VisibilityTimeout must be an integer between 0 and 43200.' };
  const seconds = optionalInteger(given, 'VisibilityTimeout', limits);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  queue.changeVisibility(receiptHandle, seconds);
}

/** What a message to be sent consists of, in SendMessage and in the entries of SendMessageBatch. */
const messageMembers = {
  MessageBody: 'string',
  DelaySeconds: 'integer',
  MessageAttributes: messageAttributes('MessageAttribute'),
  MessageSystemAttributes: messageAttributes('MessageSystemAttribute'),
  MessageDeduplicationId: 'string',
  MessageGroupId: 'string',
} as const;

export const sendMessage = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SendMessage', { input: messageMembers }, (queue, input, context) => {
    const [sent] = queue.send([newMessage(input, queue, context)]);
    return sent === undefined ? {} : sentDocument(sent, input);
  });

/**
 * What the sender of `input` is told. A trace header that came with the request instead of the message has no digest.
 */
function sentDocument(sent: SentMessage, input: JsonObject): Record<string, string> {
  const systemAttributes = (input['MessageSystemAttributes'] ?? {}) as MessageAttributes;
  const hasSystemAttributes = Object.keys(systemAttributes).length > 0;
  return {
    MessageId: sent.messageId,
    MD5OfMessageBody: sent.md5OfBody,
    ...(sent.md5OfMessageAttributes !== undefined && { MD5OfMessageAttributes: sent.md5OfMessageAttributes }),
    ...(hasSystemAttributes && { MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes) }),
    ...(sent.sequenceNumber !== undefined && { SequenceNumber: sent.sequenceNumber }),
  };
}

const sendBatchShapes = {
  input: {
    Entries: { list: { members: { Id: 'string', ...messageMembers } }, queryName: 'SendMessageBatchRequestEntry' },
  },
  output: {
    Successful: { list: { members: {} }, queryName: 'SendMessageBatchResultEntry' },
    Failed: { list: batchFailure, queryName: 'BatchResultErrorEntry' },
  },
} as const;

export const sendMessageBatch = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SendMessage', sendBatchShapes, (queue, input, context) => {
    const entries = batchEntries(input, 'SendMessageBatchRequestEntry');
    checkFifoBatch(entries, queue);
    const bytes = entries.reduce((sum, entry) => sum + messageSizeBytes(entry), 0);
    if (bytes > maximumMessageBytes) throw batchRequestTooLong(maximumMessageBytes, bytes);

    const good: { entry: JsonObject; message: NewMessage }[] = [];
    const failed: JsonObject[] = [];
    for (const entry of entries) {
      try {
        good.push({ entry, message: newMessage(entry, queue, context, true) });
      } catch (error) {
        failed.push(failedEntry(entry, error));
      }
    }
    const sent = queue.send(good.map(({ message }) => message));
    const successful = good.flatMap(({ entry }, index) => {
      const message = sent[index];
      return message === undefined ? [] : [{ Id: entry['Id'], ...sentDocument(message, entry) }];
    });
    return batchAnswer(successful, failed);
  });

const deleteBatchShapes = {
  input: {
    Entries: {
      list: { members: { Id: 'string', ReceiptHandle: 'string' } },
      queryName: 'DeleteMessageBatchRequestEntry',
    },
  },
  output: {
    Successful: { list: { members: { Id: 'string' } }, queryName: 'DeleteMessageBatchResultEntry' },
    Failed: { list: batchFailure, queryName: 'BatchResultErrorEntry' },
  },
} as const;

export const deleteMessageBatch = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'DeleteMessage', deleteBatchShapes, (queue, input) =>
    runBatch(batchEntries(input, 'DeleteMessageBatchRequestEntry'), (entry) => {
      deleteByHandle(queue, requiredString(entry, 'ReceiptHandle'));
      return {};
    }),
  );

const changeVisibilityBatchShapes = {
  input: {
    Entries: {
      list: { members: { Id: 'string', ReceiptHandle: 'string', VisibilityTimeout: 'integer' } },
      queryName: 'ChangeMessageVisibilityBatchRequestEntry',
    },
  },
  output: {
    Successful: { list: { members: { Id: 'string' } }, queryName: 'ChangeMessageVisibilityBatchResultEntry' },
    Failed: { list: batchFailure, queryName: 'BatchResultErrorEntry' },
  },
} as const;

export const changeMessageVisibilityBatch = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ChangeMessageVisibility', changeVisibilityBatchShapes, (queue, input) =>
    runBatch(batchEntries(input, 'ChangeMessageVisibilityBatchRequestEntry'), (entry) => {
      changeVisibility(queue, entry);
      return {};
    }),
  );

export const deleteMessage = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'DeleteMessage', { input: { ReceiptHandle: 'string' } }, (queue, input) => {
    deleteByHandle(queue, requiredString(input, 'ReceiptHandle'));
    return {};
  });

/**
 * A message that is gone already is no error. Neither is an outdated handle on a standard queue, though it deletes
 * nothing (API reference of DeleteMessage); a FIFO queue refuses it (recorded by LocalStack,
 * test_fifo_delete_after_visibility_timeout).
 */
function deleteByHandle(queue: Queue, receiptHandle: string): void {
  if (!queue.delete(receiptHandle) && queue.fifo && queue.holds(receiptHandle)) {
    throw invalidValue(receiptHandle, 'ReceiptHandle', 'The receipt handle has expired.');
  }
}
