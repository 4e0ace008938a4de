import type { Operation } from '../../endpoint/service.ts';
import { batchEntries, runBatch } from '../batch.ts';
import { batchFailure, queueOperation, requiredString } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { deleteByHandle } from './delete-message.ts';

const shapes = {
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
  queueOperation(sqs, 'DeleteMessage', shapes, (queue, input) =>
    runBatch(batchEntries(input, 'DeleteMessageBatchRequestEntry'), (entry) => {
      deleteByHandle(queue, requiredString(entry, 'ReceiptHandle'));
      return {};
    }),
  );
