import type { JsonObject, Operation } from '../../endpoint/service.ts';
import { batchAnswer, batchEntries, failedEntry } from '../batch.ts';
import { checkFifoBatch, messageSizeBytes, newMessage } from '../message-checks.ts';
import type { NewMessage } from '../message.ts';
import { batchFailure, queueOperation } from '../operation-input.ts';
import { maximumMessageBytes } from '../queue-settings.ts';
import type { SqsContext } from '../sqs-context.ts';
import { batchRequestTooLong } from '../sqs-errors.ts';
import { messageMembers, sentDocument } from './send-message.ts';

const shapes = {
  input: {
    Entries: { list: { members: { Id: 'string', ...messageMembers } }, queryName: 'SendMessageBatchRequestEntry' },
  },
  output: {
    Successful: { list: { members: {} }, queryName: 'SendMessageBatchResultEntry' },
    Failed: { list: batchFailure, queryName: 'BatchResultErrorEntry' },
  },
} as const;

export const sendMessageBatch = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SendMessage', shapes, (queue, input, context) => {
    const entries = batchEntries(input, 'SendMessageBatchRequestEntry');
    checkFifoBatch(entries, queue);
    const bytes = entries.reduce((sum, entry) => sum + messageSizeBytes(entry), 0);
    if (bytes > maximumMessageBytes) throw batchRequestTooLong(maximumMessageBytes, bytes);

    const good: { id: unknown; message: NewMessage }[] = [];
    const failed: JsonObject[] = [];
    for (const entry of entries) {
      try {
        good.push({ id: entry['Id'], message: newMessage(entry, queue, context) });
      } catch (error) {
        failed.push(failedEntry(entry, error));
      }
    }
    const sent = queue.send(good.map(({ message }) => message));
    const successful = sent.map((message, index) => ({ Id: good[index]?.id, ...sentDocument(message) }));
    return batchAnswer(successful, failed);
  });
